import type { Session } from '../database/contract.js'
import { mostRecorded } from '../engine/check-book.js'
import { formatCount } from '../format.js'
import type { AnomalyCheck } from '../measure/anomaly-check.js'
import type { CheckCount } from '../measure/check-record.js'
import type { Check } from '../scenario/model.js'
import { sumCounters } from '../verify/check-tables.js'
import { lostSoFar } from '../verify/counters.js'
import type { AnomalyState, RunListener } from './events.js'
import type { CountersBefore } from './load-checks.js'

export interface CheckWatch {
  /** Once a second: what the load threads have noted by now. While the last look at the database goes on, it is left out. */
  onCounts(counts: readonly CheckCount[]): void
  /** Resolves when the look at hand is over. */
  stop(): Promise<void>
}

/** A running count of anomalies while the load runs, as far as it is cheap. `session` is asked for sums of counters, and only for them. */
export function watchChecks(session: Session, checks: readonly Check[], before: CountersBefore, listener: RunListener): CheckWatch {
  let looking: Promise<void> | null = null
  const stateOf = async (check: Check, { transactions, seen }: CheckCount): Promise<AnomalyState> => {
    const { name, kind } = check
    if (kind === 'list_append') {
      const full = transactions < mostRecorded ? '' : ', no more are recorded'
      return { name, found: null, detail: `${formatCount(transactions)} transactions to check after the load${full}` }
    }
    if (kind === 'write_skew') return { name, found: seen, detail: `seen by ${formatCount(seen)} of ${formatCount(transactions)} commits` }
    const sum = [...(before.get(check)?.values() ?? [])].reduce((all, one) => all + one, 0)
    const lost = lostSoFar(transactions, sum, await sumCounters(session, check))
    return { name, found: lost, detail: `${formatCount(lost)} of ${formatCount(transactions)} updates lost` }
  }
  const look = async (counts: readonly CheckCount[]) => {
    const states: AnomalyState[] = []
    for (const [index, check] of checks.entries()) states.push(await stateOf(check, counts[index] ?? { transactions: 0, seen: 0 }))
    listener({ kind: 'anomalies', states })
  }
  return {
    onCounts(counts) {
      // What the server refuses now, it refuses at the end too, and there it is said.
      looking ??= look(counts)
        .catch(() => {})
        .finally(() => {
          looking = null
        })
    },
    async stop() {
      await looking
    },
  }
}

/** As the screen shows them when all is known. */
export function finalStates(results: readonly AnomalyCheck[]): readonly AnomalyState[] {
  return results.map(({ name, transactions, anomalies, level }) => {
    const found = anomalies.reduce((sum, { count }) => sum + count, 0)
    const said = anomalies.map(one => `${one.name} ${formatCount(one.count)}`).join(', ')
    const shown = level === null ? '' : `; as ${level}`
    return { name, found, detail: found === 0 ? `none in ${formatCount(transactions)} transactions` : `${said}${shown}` }
  })
}
