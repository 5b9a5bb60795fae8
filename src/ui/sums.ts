import { emptySlice, mergeSlices } from '../measure/histogram-slice.js'
import type { Outcome } from '../measure/outcome.js'
import type { ErrorTick, HistogramSlice, StatementTick, Tick, TransactionTick } from '../measure/tick.js'

/** What happened over several ticks: a window, or a phase so far. */
export interface Sums {
  readonly seconds: number
  readonly transactions: readonly TransactionTick[]
  readonly statements: readonly StatementTick[]
  readonly errors: readonly ErrorSum[]
}

interface ErrorSum {
  readonly code: string
  readonly outcome: Outcome
  readonly count: number
}

export const noSums: Sums = { seconds: 0, transactions: [], statements: [], errors: [] }

/** Adds ticks up; histograms are merged, never averaged. */
export function sumTicks(ticks: readonly Tick[]): Sums {
  return {
    seconds: ticks.reduce((total, tick) => total + tick.interval_s, 0),
    transactions: sumTransactions(ticks.flatMap(tick => tick.transactions)),
    statements: sumStatements(ticks.flatMap(tick => tick.statements)),
    errors: sumErrors(ticks.flatMap(tick => tick.errors)),
  }
}

/** One tick more. */
export function addTick(sums: Sums, tick: Tick): Sums {
  return {
    seconds: sums.seconds + tick.interval_s,
    transactions: sumTransactions([...sums.transactions, ...tick.transactions]),
    statements: sumStatements([...sums.statements, ...tick.statements]),
    errors: sumErrors([...sums.errors, ...tick.errors]),
  }
}

/** All transactions as one. */
export function total(sums: Sums): Omit<TransactionTick, 'name'> {
  return sumAll(sums.transactions)
}

export function latencyOf(transactions: readonly { readonly latency: HistogramSlice }[]): HistogramSlice {
  return mergeSlices(transactions.map(one => one.latency))
}

function sumAll(ticks: readonly TransactionTick[]): Omit<TransactionTick, 'name'> {
  const add = (field: 'committed' | 'rolledBack' | 'failed' | 'retries') => ticks.reduce((sum, tick) => sum + tick[field], 0)
  return {
    committed: add('committed'),
    rolledBack: add('rolledBack'),
    failed: add('failed'),
    retries: add('retries'),
    latency: ticks.length === 0 ? emptySlice : latencyOf(ticks),
  }
}

function sumTransactions(ticks: readonly TransactionTick[]): TransactionTick[] {
  return [...byKey(ticks, tick => tick.name)].map(([name, same]) => ({ name, ...sumAll(same) }))
}

function sumStatements(ticks: readonly StatementTick[]): StatementTick[] {
  return [...byKey(ticks, tick => tick.name)].map(([name, same]) => ({ name, latency: latencyOf(same) }))
}

function sumErrors(ticks: readonly (ErrorTick | ErrorSum)[]): ErrorSum[] {
  return [...byKey(ticks, errorKey).values()].flatMap(same => {
    const [first] = same
    return first ? [{ code: first.code, outcome: first.outcome, count: same.reduce((sum, tick) => sum + tick.count, 0) }] : []
  })
}

/** One code may end attempts in two ways: in doubt after COMMIT was sent, lost before. */
export function errorKey(error: { readonly code: string; readonly outcome: Outcome }): string {
  return `${error.code} ${error.outcome}`
}

function byKey<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}
