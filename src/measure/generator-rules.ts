import type { ValidityCheck } from './result.js'
import { medianOf } from './trend.js'
import { found, type ValidityInputs } from './validity-inputs.js'

/**
 * Rules about the load generator and the machine that it runs on: whether what was measured was ourselves. A closed loop gives no
 * percentiles for others to rely on, so that what spoils them makes it SUSPECT at most. Null: the rule does not apply.
 */

/** Closed loop: the next transaction begins when we get round to it, so a generator without a pause is itself the limit. */
export function generatorBusy({ phase, threads, generator }: ValidityInputs): ValidityCheck | null {
  const { utilisation } = generator
  if (phase.rate_per_s !== null || utilisation === null) return null
  const message = `TPS is a lower bound: the generator was busy ${percent(utilisation)} of the time. ${moreRoom(threads)}`
  return found('generator_busy', utilisation <= 0.9 ? 'ok' : 'warn', utilisation, 0.9, '1', message)
}

/**
 * Open loop: answers wait for a busy event loop to read them, and each is then late by about a turn of the loop times u/(1 − u).
 * One second alone, as when the code is compiled, is no verdict on the rest. While the thread waits for a processor its loop counts as
 * busy: that is not its own doing, see `processorTaken`.
 */
export function generatorPressed(inputs: ValidityInputs): ValidityCheck | null {
  const { phase, threads, generator } = inputs
  const active = busiest(inputs)
  if (phase.rate_per_s === null || active === null) return null
  const utilisation = Math.max(0, active - (generator.run_queue_share ?? 0))
  const status = pressure(utilisation)
  const message = `a load thread was busy ${percent(utilisation)} of the time: answers waited to be read, so that every time is too long. Lower -R or add a load thread (-j ${threads + 1})`
  return found('generator_busy', status, utilisation, 0.8, '1', message)
}

/** The highest utilisation that more than a twentieth of the seconds reach; null without any. */
function busiest({ seconds }: ValidityInputs): number | null {
  const falling = seconds.map(({ utilisation }) => utilisation).sort((a, b) => b - a)
  return falling[falling.length < 4 ? 0 : Math.max(1, Math.floor(falling.length * 0.05))] ?? null
}

function pressure(utilisation: number): ValidityCheck['status'] {
  return utilisation > 0.9 ? 'fail' : utilisation > 0.8 ? 'warn' : 'ok'
}

/** Open loop: how much of the p95 is our own doing. A program that shares its machine cannot be more punctual than `unavoidable_us`. */
export function generatorLate(inputs: ValidityInputs): ValidityCheck | null {
  const lateness = latenessOf(inputs)
  if (lateness === null) return null
  const { share, limit } = lateness
  const message = `the generator itself was late, which may be ${percent(share)} of the p95 reported. ${punctuality(inputs)}`
  return found('generator_lag', share <= limit || wasKeptWaiting(inputs) ? 'ok' : 'fail', share, limit, '1', message)
}

/**
 * Open loop: late as well, or as good as busy, but because others had the processors: a busy neighbour, or the server itself on a machine
 * that both share.
 */
export function processorTaken(inputs: ValidityInputs): ValidityCheck | null {
  const lateness = latenessOf(inputs)
  const { run_queue_share: waited } = inputs.generator
  if (lateness === null || waited === null) return null
  const { share, limit } = lateness
  const late = share > limit
  const effect = late
    ? `its being late may be ${percent(share)} of the p95 reported`
    : 'answers waited to be read, and every time is too long'
  const message = `other programs, or the server itself, had the processors: the generator was ready to run and waited ${percent(waited)} of the time for one, so that ${effect}. Stop them, lower -R, or run the generator on another machine`
  const status = !wasKeptWaiting(inputs) ? 'ok' : late ? 'fail' : pressure(busiest(inputs) ?? 0)
  return found('host_contended', status, waited, mostWaiting, '1', message)
}

const unavoidable_us = 250
/** What happens less often cannot decide about a p95. */
const mostWaiting = 0.05

function latenessOf({ phase, generator: { lag_share: share } }: ValidityInputs): { readonly share: number; readonly limit: number } | null {
  const p95 = phase.latency.p95_us
  if (share === null || p95 === null) return null
  return { share, limit: Math.max(0.05, p95 === 0 ? 1 : Math.min(1, unavoidable_us / p95)) }
}

function wasKeptWaiting({ generator }: ValidityInputs): boolean {
  return (generator.run_queue_share ?? 0) > mostWaiting
}

/** While garbage is collected nothing is sent and nothing read. */
export function collectorPausing({ phase, threads, generator }: ValidityInputs): ValidityCheck | null {
  const { gc_share: share, gc_max_ms: longest } = generator
  if (share === null || longest === null) return null
  const severe = phase.rate_per_s !== null && share > 0.05
  const status = severe ? 'fail' : share > 0.02 || longest > 50 ? 'warn' : 'ok'
  const message = `the generator collected garbage ${percent(share)} of the time, ${longest.toFixed(0)} ms at a stretch, and did nothing meanwhile. Add a load thread (-j ${threads + 1}), or let fewer rows come back`
  return found('generator_gc', status, share, 0.02, '1', message)
}

export function processorStolen({ phase, generator }: ValidityInputs): ValidityCheck | null {
  const { steal_share: share } = generator
  if (share === null) return null
  const status = phase.rate_per_s !== null && share > 0.1 ? 'fail' : share > 0.02 ? 'warn' : 'ok'
  const message = `the host gave ${percent(share)} of this machine's processor time to others. Run again when it is quieter, or on a machine of your own`
  return found('host_steal', status, share, 0.02, '1', message)
}

export function processorThrottled({ phase, generator }: ValidityInputs): ValidityCheck | null {
  const { throttled_share: share } = generator
  if (share === null) return null
  const status = phase.rate_per_s !== null && share > 0.05 ? 'fail' : share > 0 ? 'warn' : 'ok'
  const message = `a limit on processor time (cgroup) stopped us in ${percent(share)} of its periods. Raise the container's limit, or lower the load`
  return found('host_throttled', status, share, 0, '1', message)
}

/** What would make the generator punctual, by what kept it. */
function punctuality({ threads, generator, seconds }: ValidityInputs): string {
  if ((generator.steal_share ?? 0) > 0.02 || (generator.throttled_share ?? 0) > 0) return 'What took the processor from it is named below'
  if ((medianOf(seconds.map(second => second.utilisation)) ?? 0) > 0.6) return `Lower -R or add a load thread (-j ${threads + 1})`
  return 'Something else used the processors: stop it, or run the generator on another machine'
}

function moreRoom(threads: number): string {
  return `Add a load thread (-j ${threads + 1}) where processors are idle, else run the generator on another machine`
}

/** As `12 %`, small ones as `0.3 %`. */
function percent(share: number): string {
  const value = share * 100
  return `${value < 9.95 ? Number(value.toPrecision(2)) : Math.round(value)} %`
}
