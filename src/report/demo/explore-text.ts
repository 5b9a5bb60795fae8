import type { Exploration, ExploredRun, NearestRight } from '../../demo/exploration.js'
import type { DemoResult } from '../../demo/result.js'
import type { DemoOutcome } from '../../demo/verdict.js'
import { forWhom } from '../../demo/whom.js'
import { formatCount, printable, wrapText } from '../../format.js'
import { formatValue } from '../../scenario/format-value.js'
import { createPaint, type Paint } from '../paint.js'
import type { TableStyle } from './matrix-table.js'
import { marks } from './matrix-words.js'

/** How many orders of a demo's steps go wrong, the first of them, and the swap that would have saved it. */
export function explorationText(exploration: Exploration, { colour, columns }: TableStyle): string {
  const paint = createPaint(colour)
  const sections = [
    headline(exploration, columns, paint),
    outcomeLines(exploration, paint),
    exploration.first_wrong === null ? [] : scheduleLines('The first that goes wrong', exploration.first_wrong, paint),
    exploration.nearest_right === null ? [] : rightLines(exploration.nearest_right, paint),
    failureLines(exploration, columns, paint),
  ]
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

function headline(exploration: Exploration, columns: number, paint: Paint): string[] {
  const { demo, variant, product, version, isolation, interleavings, played, sample_seed, wrong, complete } = exploration
  const what = variant === null ? demo : `${demo}, ${variant},`
  const scope =
    sample_seed === null
      ? `${wrong} of ${formatCount(played)} orders of its steps go wrong`
      : `${wrong} of ${formatCount(played)} orders of its steps go wrong, drawn from ${formatCount(interleavings)} with seed ${sample_seed}`
  return [
    ...wrapText(`${printable(what)} at ${isolation} on ${product} ${version}: ${scope}`, columns).map(line => paint.strong(line)),
    ...(complete ? [] : [paint.warn(`stopped on the way: there are ${formatCount(interleavings)}`)]),
  ]
}

function outcomeLines({ outcomes, codes, played }: Exploration, paint: Paint): string[] {
  const order: readonly DemoOutcome[] = ['happens', 'error', 'waits', 'prevented']
  const styles = { happens: paint.bad, error: paint.warn, waits: (text: string) => text, prevented: paint.good }
  const digits = formatCount(played).length
  const told = Object.entries(codes).map(([code, count]) => `${code} in ${formatCount(count)}`)
  return [
    ...order
      .filter(outcome => outcomes[outcome] > 0)
      .map(outcome => `  ${formatCount(outcomes[outcome]).padStart(digits)} ${styles[outcome](`${marks[outcome]} ${words[outcome]}`)}`),
    ...(told.length === 0 ? [] : [paint.dim(`  error codes: ${told.join(', ')}`)]),
  ]
}

const words: { readonly [outcome in DemoOutcome]: string } = {
  happens: 'go wrong: the rule is broken, or no serial order explains what was read',
  error: 'end in an error',
  waits: 'go well, after waiting',
  prevented: 'go well',
}

function scheduleLines(title: string, { order, result }: ExploredRun, paint: Paint): string[] {
  const width = Math.max(...Object.keys(result.commits).map(session => session.length))
  return [
    `${paint.strong(title)} ${paint.dim(`(${order.join(' ')})`)}`,
    ...result.steps.filter(({ sql }) => sql !== '').map(step => `  ${step.session.padEnd(width)}  ${stepText(step)}`),
  ]
}

function stepText({ sql, status, answer, error, waited, skipped }: DemoResult['steps'][number]): string {
  const text = printable(sql)
  if (skipped !== null) return `${text}   (not sent)`
  const wait = waited === null ? '' : `   … waits${forWhom(waited)}`
  if (error !== null) return `${text}${wait}   ! ${error.code}`
  if (status === 'waiting' || answer === null || answer.columns.length === 0) return `${text}${wait}`
  return `${text}${wait}   → ${answer.rows.length === 0 ? 'no rows' : answer.rows.map(row => row.map(shown).join(' ')).join(', ')}`
}

function shown(value: Parameters<typeof formatValue>[0]): string {
  return printable(formatValue(value))
}

function rightLines(right: NearestRight, paint: Paint): string[] {
  if (right.critical_swap === null) return scheduleLines(`The nearest that goes well, ${formatCount(right.swaps)} swaps away`, right, paint)
  const [first, second] = right.critical_swap
  const width = Math.max(first.session.length, second.session.length)
  return [
    paint.strong('What decides'),
    `  ${first.session.padEnd(width)}  ${printable(first.sql)}`,
    `  ${second.session.padEnd(width)}  ${printable(second.sql)}`,
    '  The other way round, with all else as it was, it goes well:',
    '',
    ...scheduleLines('The nearest that goes well', right, paint),
  ]
}

function failureLines({ failures }: Exploration, columns: number, paint: Paint): string[] {
  if (failures.length === 0) return []
  const [first] = failures
  const text = `${formatCount(failures.length)} could not be played to the end and are not counted; the first, ${first?.order.join(' ')}: ${first?.reason}`
  return wrapText(printable(text), columns).map(line => paint.warn(line))
}
