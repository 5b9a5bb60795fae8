import { displayWidth, fitTo, formatCount, formatMs, formatPercent, formatRate, formatRatio } from '../../format.js'
import { beside, type Line, line, span } from '../line.js'
import type { ViewModel } from '../model.js'
import type { Style } from '../theme.js'

/** The numbers that matter, three rows: name, value, what it is made of. What does not fit whole is left out. */
export function numbersPanel(model: ViewModel, width: number): Line[] {
  const blocks = width >= 110 ? [...four(model), clients(model)] : four(model)
  const each = Math.floor(width / blocks.length)
  return beside(
    blocks.map((block, at) => ({
      lines: drawBlock(block, each),
      width: at === blocks.length - 1 ? width - each * (blocks.length - 1) : each,
    })),
    0,
  )
}

interface Block {
  readonly name: string
  readonly value: string
  readonly style: Style
  /** Beside the value, the longest wording first. */
  readonly notes: readonly string[]
  readonly noteStyle: Style
  readonly details: readonly string[]
}

function four(model: ViewModel): Block[] {
  const { now, phaseSoFar } = model
  const known = now.seconds > 0
  const retried = formatRatio(now.retriesEach)
  const failed = formatPercent(phaseSoFar.failedShare)
  return [
    {
      name: 'TPS',
      value: known ? formatRate(now.tps) : '–',
      style: 'tpsStrong',
      ...change(now.tps, now.tpsBefore, 'more is better'),
      details: known ? [`avg ${formatRate(phaseSoFar.avgTps)}`, `max ${formatRate(phaseSoFar.maxTps)}`] : [],
    },
    {
      name: 'p95 ms',
      value: formatMs(now.p95_us),
      style: 'latencyStrong',
      ...change(now.p95_us, now.p95Before_us, 'less is better'),
      details: now.p50_us === null ? [] : [`p50 ${formatMs(now.p50_us)}`, `p99 ${formatMs(now.p99_us)}`],
    },
    {
      name: 'RETRIES/s',
      value: known ? formatRate(now.retriesPerSecond) : '–',
      style: 'retriesStrong',
      notes: known ? [`${retried} per txn`, `${retried}/txn`, retried] : [],
      noteStyle: 'dim',
      details: now.causes.map(({ code, perSecond }) => `${code} ${perSecond < 1 ? '<1' : formatCount(perSecond)}`),
    },
    {
      name: 'FAILED',
      value: formatCount(phaseSoFar.failed),
      style: phaseSoFar.failed > 0 ? 'bad' : 'strong',
      notes: [`${failed} of txn`, failed],
      noteStyle: phaseSoFar.failed > 0 ? 'bad' : 'dim',
      details: [`rollbacks ${formatCount(phaseSoFar.rolledBack)}`],
    },
  ]
}

function clients({ clients: { now, most, inTransaction, backingOff } }: ViewModel): Block {
  return {
    name: 'CLIENTS',
    value: formatCount(now),
    style: 'strong',
    notes: [`of ${formatCount(most)}`],
    noteStyle: 'dim',
    details: [`in txn ${inTransaction}`, `backoff ${backingOff}`],
  }
}

function drawBlock({ name, value, style, notes, noteStyle, details }: Block, width: number): Line[] {
  const digits = width >= 22 ? 7 : 6
  const shown = fitTo(value, digits, 'right')
  const note = notes.find(text => displayWidth(text) <= width - digits - 3) ?? ''
  const between = width >= 22 ? '  ' : ' '
  const fitting = details.filter((_, at) => displayWidth(details.slice(0, at + 1).join(between)) <= width - 1)
  return [
    line(span(` ${name}`, 'dim')),
    line(span(` ${shown}  `, style), span(note, noteStyle)),
    line(span(` ${fitting.join(between)}`, 'dim')),
  ]
}

/** Against the seconds before; small changes are noise and say nothing. */
function change(now: number | null, before: number | null, sense: 'more is better' | 'less is better'): Pick<Block, 'notes' | 'noteStyle'> {
  if (now === null || before === null || before === 0) return { notes: [], noteStyle: 'dim' }
  const relative = now / before - 1
  if (Math.abs(relative) < 0.02) return { notes: [], noteStyle: 'dim' }
  const good = relative > 0 === (sense === 'more is better')
  const percent = Math.min(999, Math.round(Math.abs(relative) * 100))
  return { notes: [`${relative > 0 ? '▲' : '▼'} ${percent}%`], noteStyle: good ? 'good' : 'warn' }
}
