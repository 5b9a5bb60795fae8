import { fitTo, formatClock, formatCount, formatMs, formatPercent, formatRate, formatSeconds, printable } from '../format.js'
import { mergeSlices, sliceQuantile } from '../measure/histogram-slice.js'
import { retryableOutcomes } from '../measure/outcome.js'
import type { ErrorTick, Tick } from '../measure/tick.js'
import type { InvariantState, PreparationStep, RunEvent, RunListener } from '../run/events.js'
import type { Phase, ResolvedScenario } from '../scenario/model.js'

type Load = Extract<RunEvent, { kind: 'load' }>

/** Between two lines about one step of getting ready. */
const patienceMs = 1000

/**
 * Tells of a run in plain lines, where there is no terminal: getting ready step by step, then one line per interval under a
 * heading, and between them phases, new kinds of error, broken invariants and notices.
 *
 * @param intervalMs the time that a line covers; ticks are merged, and never over two phases
 * @param now milliseconds on any clock; to hold back progress that comes too fast
 */
export function createPlainProgress(write: (text: string) => void, intervalMs: number, now = () => performance.now()): RunListener {
  const say = (text: string) => write(`${text}\n`)
  const tellStep = createStepTeller(say, now)
  const errorsSeen = new Set<string>()
  const brokenSeen = new Set<string>()
  let load: Load | null = null
  let ticks: Tick[] = []
  /** A line of this phase is out. */
  let told = false
  let phases: Extract<RunEvent, { kind: 'phase' }>[] = []

  const coveredMs = () => ticks.reduce((sum, { interval_s }) => sum + interval_s * 1000, 0)
  const flush = () => {
    // A sliver left over at the end of a phase does not compare with the lines above it.
    const worthALine = ticks.length > 0 && (coveredMs() >= intervalMs / 2 || !told)
    if (load && worthALine) say(intervalLine(load.scenario, ticks))
    told ||= worthALine
    ticks = []
  }
  // The last tick of a phase is told after the next phase has begun: wait for it.
  const tellPhases = (upTo: number) => {
    const due = phases.filter(({ index }) => index <= upTo)
    phases = phases.filter(({ index }) => index > upTo)
    if (due.length > 0) {
      flush()
      told = false
    }
    for (const { index, t_s } of due) {
      const phase = load?.scenario.phases[index]
      if (phase) say(eventLine(t_s, phaseText(phase)))
    }
  }
  const takeTick = (tick: Tick) => {
    tellPhases(tick.phase)
    for (const error of tick.errors.filter(({ code }) => !errorsSeen.has(code))) {
      errorsSeen.add(error.code)
      say(eventLine(tick.t_s, newError(error)))
    }
    if (ticks.some(({ phase }) => phase !== tick.phase)) flush()
    ticks.push(tick)
    if (coveredMs() >= intervalMs - 100) flush()
  }
  const takeInvariants = (states: readonly InvariantState[]) => {
    for (const { name, detail, checkedAt_s } of states.filter(({ status, name }) => status === 'broken' && !brokenSeen.has(name))) {
      brokenSeen.add(name)
      say(eventLine(checkedAt_s, `invariant broken: ${name}: ${detail}`))
    }
  }

  return event => {
    switch (event.kind) {
      case 'preparation':
        return tellStep(event.step)
      case 'load':
        load = event
        say(`\n${loadLine(event)}\n\n${heading(event.scenario)}`)
        return
      case 'phase':
        phases.push(event)
        return event.index === 0 ? tellPhases(0) : undefined
      case 'tick':
        return takeTick(event.tick)
      case 'invariants':
        return takeInvariants(event.states)
      case 'notice':
        say(eventLine(event.t_s, event.level === 'info' ? event.text : `${event.level}: ${event.text}`))
        return
      case 'stopping':
        flush()
        say(event.how === 'drain' ? 'stopping: finishing what is in flight; once more stops now' : 'stopping now')
        return
      case 'result':
        flush()
        say('')
        return
      case 'thresholds':
      case 'anomalies':
      case 'server':
        return
    }
  }
}

/** A line when a step begins, one now and then while it goes on, one when it ends. */
function createStepTeller(say: (text: string) => void, now: () => number) {
  const toldAt = new Map<string, number>()
  return ({ id, label, state, detail, fraction }: PreparationStep): void => {
    const last = toldAt.get(id)
    if (state === 'running' && last !== undefined && now() - last < patienceMs) return
    toldAt.set(id, now())
    const mark = { running: '…', done: '✓', failed: '✗' }[state]
    const share = state === 'running' && fraction !== null ? formatPercent(fraction) : ''
    // Why it failed is what the command ends with: once is enough.
    const said = state === 'failed' ? '' : [share, printable(detail)].filter(text => text !== '').join(', ')
    say(`${mark} ${printable(label)}${said === '' ? '' : `: ${said}`}`)
  }
}

function loadLine({ scenario, server, target }: Load): string {
  const name = scenario.variant === null ? scenario.name : `${scenario.name} · ${scenario.variant}`
  return `${name} on ${server.product} ${server.version} at ${printable(target)}, seed ${scenario.randomSeed}`
}

function phaseText({ name, clients, rate, durationMs, transactions, measure }: Phase): string {
  const parts = [
    `${clients.from === clients.to ? clients.to : `${clients.from} to ${clients.to}`} clients`,
    rate === null ? 'closed loop' : `open loop ${rate.from === rate.to ? rate.to : `${rate.from} to ${rate.to}`}/s`,
    durationMs === null ? `${formatCount(transactions ?? 0)} transactions each` : formatSeconds(durationMs / 1000),
    ...(measure ? [] : ['not measured']),
  ]
  return `phase ${name}: ${parts.join(', ')}`
}

function newError({ code, message, transaction, outcome }: ErrorTick): string {
  return `first ${code} (${retryableOutcomes.has(outcome) ? 'retried' : 'not retried'}) in ${transaction}: ${message}`
}

function eventLine(t_s: number | null, text: string): string {
  return `${fitTo(t_s === null ? '' : formatClock(t_s), 7, 'right')}  ${printable(text)}`
}

const columns = [
  ['clients', 8],
  ['tps', 9],
  ['p50 ms', 8],
  ['p95 ms', 8],
  ['p99 ms', 8],
  ['retries/s', 11],
  ['failed', 8],
  ['waiting', 9],
] as const

function heading(scenario: ResolvedScenario): string {
  return row(
    'time',
    'phase',
    scenario,
    columns.map(([title]) => title),
  )
}

function intervalLine(scenario: ResolvedScenario, ticks: readonly Tick[]): string {
  const last = ticks.at(-1)
  const seconds = ticks.reduce((sum, tick) => sum + tick.interval_s, 0)
  const transactions = ticks.flatMap(tick => tick.transactions)
  const sum = (field: 'committed' | 'retries' | 'failed') => transactions.reduce((total, one) => total + one[field], 0)
  const latency = mergeSlices(transactions.map(one => one.latency))
  return row(formatClock(last?.t_s ?? 0), scenario.phases[last?.phase ?? 0]?.name ?? '', scenario, [
    formatCount(last?.clients ?? 0),
    formatRate(seconds > 0 ? sum('committed') / seconds : 0),
    formatMs(sliceQuantile(latency, 0.5)),
    formatMs(sliceQuantile(latency, 0.95)),
    formatMs(sliceQuantile(latency, 0.99)),
    formatRate(seconds > 0 ? sum('retries') / seconds : 0),
    formatCount(sum('failed')),
    formatCount(last?.backlog ?? 0),
  ])
}

function row(time: string, phase: string, scenario: ResolvedScenario, cells: readonly string[]): string {
  const widest = Math.min(20, Math.max(5, ...scenario.phases.map(({ name }) => name.length)))
  // The last column is about arrivals.
  const open = scenario.phases.some(({ rate }) => rate !== null)
  return [
    fitTo(time, 7, 'right'),
    '  ',
    fitTo(phase, widest),
    ...(open ? cells : cells.slice(0, -1)).map((text, at) => fitTo(text, columns[at]?.[1] ?? 8, 'right')),
  ].join('')
}
