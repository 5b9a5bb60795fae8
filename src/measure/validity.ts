import type { Result, ResultPhase, ValidityCheck } from './result.js'
import { medianOf, trendOf } from './trend.js'

export type Validity = Result['validity']
type ValidityStatus = Validity['status']

/** What the verdict on a run is made from: the headline phase and what was seen while it ran. */
export interface ValidityInputs {
  readonly phase: ResultPhase
  readonly threads: number
  /** Per second of the phase: the busiest load thread's event-loop utilisation, 0 to 1, and arrivals that waited. */
  readonly seconds: readonly { readonly t_s: number; readonly utilisation: number; readonly backlog: number }[]
  /** Open loop: arrivals that were due in the phase, and those that a client took before the phase ended. */
  readonly due: number
  readonly taken: number
  readonly clientsLost: number
  readonly interrupted: Result['interrupted']
  /** Histogram values that were no times at all, and those beyond the range. */
  readonly rejected: number
  readonly clamped: number
}

/** One rule: what it looks at, and what it makes of the run when it does not hold. Null: it does not apply. */
interface Rule {
  readonly breach: Exclude<ValidityStatus, 'VALID'>
  check(inputs: ValidityInputs): ValidityCheck | null
}

const gravity: readonly ValidityStatus[] = ['VALID', 'SUSPECT', 'UNSUSTAINED', 'INVALID']

/** Applies every rule; the gravest breach is the status. */
export function judgeValidity(inputs: ValidityInputs): Validity {
  let status: ValidityStatus = 'VALID'
  const checks: ValidityCheck[] = []
  for (const rule of rules) {
    const check = rule.check(inputs)
    if (check === null) continue
    checks.push(check)
    if (check.status !== 'ok' && gravity.indexOf(rule.breach) > gravity.indexOf(status)) status = rule.breach
  }
  return { status, checks }
}

const rules: readonly Rule[] = [
  { breach: 'INVALID', check: noneCommitted },
  { breach: 'SUSPECT', check: fewCommitted },
  { breach: 'INVALID', check: clientsLost },
  { breach: 'SUSPECT', check: generatorBusy },
  { breach: 'INVALID', check: generatorLate },
  { breach: 'UNSUSTAINED', check: rateReached },
  { breach: 'UNSUSTAINED', check: arrivalsShed },
  { breach: 'UNSUSTAINED', check: backlogGrowing },
  { breach: 'SUSPECT', check: cutOff },
  { breach: 'SUSPECT', check: stoppedEarly },
  { breach: 'SUSPECT', check: beyondRange },
]

function noneCommitted({ phase }: ValidityInputs): ValidityCheck {
  const ok = phase.totals.committed > 0
  const message = `no transaction committed in phase «${phase.name}»: see the errors; a longer run (-d) helps if they were only slow`
  return check('committed', ok, 'fail', phase.totals.committed, 1, '1', message)
}

function fewCommitted({ phase }: ValidityInputs): ValidityCheck {
  const { committed } = phase.totals
  const message = `percentiles of ${committed === 1 ? 'one transaction' : `${committed} transactions`} say little: run longer (-d)`
  return check('sample_size', committed >= 100, 'warn', committed, 100, '1', message)
}

function clientsLost({ clientsLost: lost }: ValidityInputs): ValidityCheck {
  const message = `${lost} client${lost === 1 ? '' : 's'} could not reconnect and gave up, so the load was not what was asked for: look at the server's log and max_connections`
  return check('clients_lost', lost === 0, 'fail', lost, 0, '1', message)
}

function generatorBusy({ phase, seconds, threads }: ValidityInputs): ValidityCheck | null {
  const utilisation = medianOf(seconds.map(second => second.utilisation))
  if (phase.rate_per_s !== null || utilisation === null) return null
  const message = `TPS is a lower bound: the generator was busy ${Math.round(utilisation * 100)} % of the time. ${moreRoom(threads)}`
  return check('generator_busy', utilisation <= 0.9, 'warn', utilisation, 0.9, '1', message)
}

function moreRoom(threads: number): string {
  return `Where processors are idle, add a load thread (-j ${threads + 1}); else run the generator on another machine`
}

function generatorLate({ phase }: ValidityInputs): ValidityCheck | null {
  const [lag, response] = [phase.lag.p95_us, phase.latency.p95_us]
  if (phase.rate_per_s === null || lag === null || response === null) return null
  const limit = response * 0.05
  const message = `the generator itself was late: ${lag} µs at p95, more than 5 % of the p95 that it reports. Lower the rate (-R), or free this machine's processors`
  return check('generator_lag', lag <= limit, 'fail', lag, Math.round(limit), 'us', message)
}

function rateReached({ phase, due, taken, seconds }: ValidityInputs): ValidityCheck | null {
  if (phase.rate_per_s === null || due === 0) return null
  // What the latency limit turned away was dealt with, as the user wanted.
  const share = Math.min(1, (taken + phase.totals.skipped) / due)
  const busy = (medianOf(seconds.map(second => second.utilisation)) ?? 0) > 0.9
  const culprit = busy ? 'the generator, busy nearly all the time, or the server' : 'the server'
  const message = `only ${(share * 100).toFixed(1)} % of the arrivals found a client in time: ${culprit} cannot keep up with this rate. Lower -R or add clients (-c)`
  return check('rate_reached', share >= 0.99, 'fail', share, 0.99, '1', message)
}

function arrivalsShed({ phase }: ValidityInputs): ValidityCheck | null {
  if (phase.rate_per_s === null) return null
  const { shed } = phase.totals
  const message = `${shed} arrivals were dropped because too many waited already: percentiles leave them out. Lower -R or add clients (-c)`
  return check('shed', shed === 0, 'fail', shed, 0, '1', message)
}

function backlogGrowing({ phase, seconds }: ValidityInputs): ValidityCheck | null {
  const trend = trendOf(seconds.map(({ t_s, backlog }) => [t_s, backlog] as const))
  if (phase.rate_per_s === null || trend === null) return null
  // A queue of a few that grows by one is noise; one that holds a tenth of a second of arrivals is not.
  const waiting = seconds.at(-1)?.backlog ?? 0
  const ok = trend.lower <= 0 || waiting < phase.rate_per_s.to / 10
  const message = `the queue of waiting arrivals grew by ${trend.slope.toFixed(1)} per second until the end, so every percentile depends on how long the run was. Lower -R or add clients (-c)`
  return check('backlog', ok, 'fail', trend.slope, 0, '1/s', message)
}

function cutOff({ phase }: ValidityInputs): ValidityCheck {
  const { cancelled } = phase.totals
  const message = `${cancelled} transactions were cut off unfinished and are in no percentile: these are lower bounds`
  return check('cut_off', cancelled === 0, 'warn', cancelled, 0, '1', message)
}

function stoppedEarly({ phase, interrupted }: ValidityInputs): ValidityCheck {
  const message = `the run was stopped after ${phase.duration_s.toFixed(1)} s of phase «${phase.name}»: a partial result`
  return check('interrupted', interrupted === 'no', 'warn', interrupted === 'no' ? 0 : 1, 0, '1', message)
}

function beyondRange({ rejected, clamped }: ValidityInputs): ValidityCheck {
  const message = `${clamped} times were beyond 71 minutes and ${rejected} were no times at all: maxima are lower bounds`
  return check('out_of_range', rejected + clamped === 0, 'warn', rejected + clamped, 0, '1', message)
}

function check(
  id: string,
  ok: boolean,
  otherwise: 'warn' | 'fail',
  value: number,
  limit: number,
  unit: string,
  message: string,
): ValidityCheck {
  return { id, status: ok ? 'ok' : otherwise, value, limit, unit, message: ok ? '' : message }
}
