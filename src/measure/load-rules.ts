import { formatCount, formatRate } from '../format.js'
import type { ValidityCheck } from './result.js'
import { medianOf, trendOf } from './trend.js'
import { found, type ValidityInputs } from './validity-inputs.js'

/** Rules about the load: whether it was what was asked for, and whether its end is in the numbers. Null: the rule does not apply. */

export function noneCommitted({ phase }: ValidityInputs): ValidityCheck {
  const { committed } = phase.totals
  const message = `no transaction committed in phase «${phase.name}»: see the errors; a longer run (-d) helps if they were only slow`
  return found('committed', committed > 0 ? 'ok' : 'fail', committed, 1, '1', message)
}

export function fewCommitted({ phase }: ValidityInputs): ValidityCheck | null {
  const { committed } = phase.totals
  if (committed === 0) return null
  const message = `percentiles of ${committed === 1 ? 'one transaction' : `${committed} transactions`} say little: run longer (-d)`
  return found('sample_size', committed >= 100 ? 'ok' : 'warn', committed, 100, '1', message)
}

export function clientsLost({ clientsLost: lost }: ValidityInputs): ValidityCheck {
  const message = `${lost} client${lost === 1 ? '' : 's'} could not reconnect and gave up, so the load was not what was asked for: look at the server's log and max_connections`
  return found('clients_lost', lost === 0 ? 'ok' : 'fail', lost, 0, '1', message)
}

export function rateReached({ phase, due, taken, seconds }: ValidityInputs): ValidityCheck | null {
  if (phase.rate_per_s === null || due === 0) return null
  // What the latency limit turned away was dealt with, as the user wanted.
  const share = Math.min(1, (taken + phase.totals.skipped) / due)
  const busy = (medianOf(seconds.map(second => second.utilisation)) ?? 0) > 0.9
  const culprit = busy ? 'the generator, busy nearly all the time, or the server' : 'the server'
  const message = `only ${(share * 100).toFixed(1)} % of the arrivals found a client in time: ${culprit} cannot keep up with this rate. Lower -R or add clients (-c)`
  return found('rate_reached', share >= 0.99 ? 'ok' : 'fail', share, 0.99, '1', message)
}

export function arrivalsShed({ phase }: ValidityInputs): ValidityCheck | null {
  if (phase.rate_per_s === null) return null
  const { shed } = phase.totals
  const message = `${formatCount(shed)} arrivals were never served, as too many waited: percentiles leave them out. Lower -R or add clients (-c)`
  return found('shed', shed === 0 ? 'ok' : 'fail', shed, 0, '1', message)
}

export function backlogGrowing({ phase, seconds }: ValidityInputs): ValidityCheck | null {
  const trend = trendOf(seconds.map(({ t_s, backlog }) => [t_s, backlog] as const))
  if (phase.rate_per_s === null || trend === null) return null
  // A queue of a few that grows by one is noise; one that holds a tenth of a second of arrivals is not.
  const waiting = seconds.at(-1)?.backlog ?? 0
  const ok = trend.lower <= 0 || waiting < phase.rate_per_s.to / 10
  const message = `the queue of waiting arrivals grew by ${formatRate(trend.slope)} per second until the end: every percentile depends on how long the run was. Lower -R or add clients (-c)`
  return found('backlog', ok ? 'ok' : 'fail', trend.slope, 0, '1/s', message)
}

export function cutOff({ phase }: ValidityInputs): ValidityCheck {
  const { cancelled } = phase.totals
  const message = `${cancelled} transactions were cut off unfinished and are in no percentile: these are lower bounds`
  return found('cut_off', cancelled === 0 ? 'ok' : 'warn', cancelled, 0, '1', message)
}

export function stoppedEarly({ phase, interrupted }: ValidityInputs): ValidityCheck {
  const message = `the run was stopped after ${phase.duration_s.toFixed(1)} s of phase «${phase.name}»: a partial result`
  return found('interrupted', interrupted === 'no' ? 'ok' : 'warn', interrupted === 'no' ? 0 : 1, 0, '1', message)
}

export function beyondRange({ rejected, clamped }: ValidityInputs): ValidityCheck {
  const message = `${clamped} times were beyond 71 minutes and ${rejected} were no times at all: maxima are lower bounds`
  return found('out_of_range', rejected + clamped === 0 ? 'ok' : 'warn', rejected + clamped, 0, '1', message)
}
