import { exitCodes, OltpError } from '../errors.js'
import { readIsolation } from './isolation.js'
import type { Phase, ResolvedScenario, Transaction } from './model.js'
import { parseThreshold, type Threshold, ThresholdError } from './threshold.js'

/** What the command line says about a run. Whatever is not given stays as the scenario has it. */
export interface Overrides {
  readonly clients?: number
  readonly durationMs?: number
  /** Per client. */
  readonly transactions?: number
  /** Per second over all clients. */
  readonly rate?: number
  readonly arrivals?: Phase['arrivals']
  readonly warmupMs?: number
  /** Of every transaction. */
  readonly isolation?: string
  /** Of every random stream; 1 unless given, so that a second run finds the data that it would have made. */
  readonly seed?: number
  /** In addition to those of the scenario. */
  readonly thresholds?: readonly string[]
  /** 0: no limit. */
  readonly maxTries?: number
}

/** @throws OltpError, exit code 2 */
export function applyOverrides<Base extends Pick<ResolvedScenario, 'phases' | 'transactions' | 'thresholds'>>(
  scenario: Base,
  overrides: Overrides,
): Base {
  const transactions = scenario.transactions.map(transaction => applyToTransaction(transaction, overrides))
  const names = transactions.map(transaction => transaction.name)
  return {
    ...scenario,
    transactions,
    phases: applyToPhases(scenario.phases, overrides),
    thresholds: [...scenario.thresholds, ...(overrides.thresholds ?? []).map(text => readThreshold(text, names))],
  }
}

function applyToTransaction(transaction: Transaction, { isolation, maxTries }: Overrides): Transaction {
  return {
    ...transaction,
    ...(isolation !== undefined && { isolation: readIsolation(isolation) }),
    ...(maxTries !== undefined && { retry: { ...transaction.retry, maxAttempts: maxTries === 0 ? null : maxTries } }),
  }
}

function applyToPhases(phases: readonly Phase[], overrides: Overrides): readonly Phase[] {
  const { clients, durationMs, transactions, rate, arrivals, warmupMs } = overrides
  if (durationMs !== undefined && transactions !== undefined) {
    throw new OltpError('LOAD_CONTRADICTORY', exitCodes.usage, 'a run has a duration or a number of transactions, not both', {
      hint: 'give -d or -t',
    })
  }
  const replaces = [clients, durationMs, transactions, rate].some(value => value !== undefined)
  const last = phases.findLast(phase => phase.measure)
  const measured = replaces && last ? [replacement(last, overrides)] : phases.filter(phase => phase.measure)
  const result = replacePhases(phases, measured, replaces, warmupMs)
  return arrivals === undefined ? result : withArrivals(result, arrivals)
}

function replacement(last: Phase, { clients, durationMs, transactions, rate }: Overrides): Phase {
  const constant = (value: number) => ({ from: value, to: value })
  return {
    ...last,
    ...(clients !== undefined && { clients: constant(clients) }),
    ...(durationMs !== undefined && { durationMs, transactions: null }),
    ...(transactions !== undefined && {
      ...withoutRamps(last),
      durationMs: null,
      transactions,
      ...(clients !== undefined && { clients: constant(clients) }),
    }),
    ...(rate !== undefined && { rate: constant(rate) }),
  }
}

/** A ramp goes over a time: with a number of transactions it would have no end, so it stays where it would have arrived. */
function withoutRamps({ clients, rate }: Phase): Pick<Phase, 'clients' | 'rate'> {
  return { clients: { from: clients.to, to: clients.to }, rate: rate && { from: rate.to, to: rate.to } }
}

function replacePhases(
  phases: readonly Phase[],
  measured: readonly Phase[],
  replaces: boolean,
  warmupMs: number | undefined,
): readonly Phase[] {
  if (warmupMs === undefined) {
    const last = phases.findLastIndex(phase => phase.measure)
    return replaces ? phases.flatMap((phase, index) => (index === last ? measured : phase.measure ? [] : [phase])) : phases
  }
  const first = measured[0]
  if (!first || warmupMs === 0) return measured
  const name = phases.find(phase => !phase.measure)?.name ?? 'warmup'
  return [{ ...withoutRampUp(first), name, durationMs: warmupMs, transactions: null, measure: false }, ...measured]
}

/** Warming up happens at the load that the first measured phase begins with. */
function withoutRampUp(phase: Phase): Phase {
  const { clients, rate } = phase
  return { ...phase, clients: { from: clients.from, to: clients.from }, rate: rate && { from: rate.from, to: rate.from } }
}

function withArrivals(phases: readonly Phase[], arrivals: Phase['arrivals']): readonly Phase[] {
  if (!phases.some(phase => phase.measure && phase.rate)) {
    throw new OltpError('LOAD_CONTRADICTORY', exitCodes.usage, 'arrivals are for an open loop, and this run has no rate', {
      hint: 'give --rate as well, as in -R 500',
    })
  }
  return phases.map(phase => (phase.rate ? { ...phase, arrivals } : phase))
}

function readThreshold(text: string, transactions: readonly string[]): Threshold {
  try {
    return parseThreshold(text, transactions)
  } catch (error) {
    if (!(error instanceof ThresholdError)) throw error
    const location = { file: '--threshold', line: 1, column: error.start + 1, length: Math.max(1, error.end - error.start), text }
    const problem = { message: error.message, location, hint: error.hint }
    throw new OltpError('THRESHOLD_INVALID', exitCodes.usage, `not a threshold: ${error.message}`, {
      problems: [problem],
      hint: error.hint,
    })
  }
}
