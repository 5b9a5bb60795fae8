import { retryableOutcomes } from '../measure/outcome.js'
import type { Tick } from '../measure/tick.js'
import type { ResolvedScenario } from '../scenario/model.js'
import type { ErrorRow, Sample, StatementRow, TransactionRow } from './model.js'
import { ended, perSecond, quantiles, share } from './ratios.js'
import type { Point, ViewState } from './state.js'
import { errorKey, type Sums, total } from './sums.js'

/** One row per transaction of the mix, in the order of the file, whether it has run yet or not. */
export function transactionRows(state: ViewState, sums: Sums): TransactionRow[] {
  const { load } = state
  const names = load ? mixOf(load.scenario) : []
  const seen = sums.transactions.filter(one => ended(one) + one.retries > 0 && !names.includes(one.name)).map(one => one.name)
  const done = total(sums)
  const recent = state.ticks.slice(-60)
  return [...names, ...seen].map(name => {
    const found = sums.transactions.find(one => one.name === name)
    return {
      name,
      share: found ? share(ended(found), ended(done)) : 0,
      tps: perSecond(found?.committed ?? 0, sums.seconds),
      retries: found?.retries ?? 0,
      retriesEach: found ? share(found.retries, ended(found)) : 0,
      rolledBack: found?.rolledBack ?? 0,
      failed: found?.failed ?? 0,
      tpsPerSecond: recent.map(tick => sample(tick, perSecond(committedOf(tick, name), tick.interval_s))),
      ...quantiles(found?.latency),
    }
  })
}

/** Transactions that any phase or group may run, in the order of the file. */
function mixOf({ transactions, phases, groups }: ResolvedScenario): string[] {
  const mixes = [...phases, ...groups].flatMap(({ weights }) => (weights ? [weights] : []))
  return transactions.filter(({ name, weight }) => weight > 0 || mixes.some(weights => (weights[name] ?? 0) > 0)).map(({ name }) => name)
}

export function statementRows(sums: Sums): StatementRow[] {
  const time = sums.statements.reduce((sum, { latency }) => sum + latency.sum_us, 0)
  return sums.statements
    .filter(({ latency }) => latency.count > 0)
    .map(({ name, latency }) => ({
      name,
      perSecond: perSecond(latency.count, sums.seconds),
      timeShare: share(latency.sum_us, time),
      ...quantiles(latency),
    }))
}

export function errorRows(state: ViewState, sums: Sums): ErrorRow[] {
  return state.errors
    .map(error => ({
      code: error.code,
      outcome: error.outcome,
      retried: retryableOutcomes.has(error.outcome),
      message: error.message,
      transaction: error.transaction,
      perSecond: perSecond(sums.errors.find(one => errorKey(one) === errorKey(error))?.count ?? 0, sums.seconds),
      total: error.total,
    }))
    .sort((a, b) => b.total - a.total)
}

/** A value of a tick's interval. */
export function sample({ t_s, interval_s }: Point | Tick, value: number | null): Sample {
  return { t_s, interval_s, value }
}

function committedOf(tick: Tick, name: string): number {
  return tick.transactions.find(one => one.name === name)?.committed ?? 0
}
