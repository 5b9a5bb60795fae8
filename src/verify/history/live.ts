import type { History } from '../../measure/history.js'
import { isWithin, type TimeSpan } from '../../measure/spans.js'
import type { AnomalyName } from '../../scenario/anomalies.js'
import { findAnomalies } from './check.js'
import { gatherFacts } from './facts.js'
import { Findings, type Judge } from './findings.js'
import { mergeHistories } from './merge.js'

/** What one look at a history that still grows has found. */
export interface LiveFindings {
  /** Transactions that it has looked at for the first time. */
  readonly transactions: number
  /** When the last of them ended, in microseconds since the load's zero; 0: there was none. */
  readonly until: number
  /** Those with such a transaction in them. */
  readonly anomalies: readonly { readonly name: AnomalyName; readonly count: number; readonly measured: number }[]
}

/** So many transactions of earlier looks are looked at again together with the new ones: an anomaly may lie across. */
const overlap = 1000

/**
 * What stays true however the history goes on, for as long as reads of a list agree. Dirty reads of a rollback and what nobody
 * appended are not: a retry appends the same element, and its commit may not have been heard of yet.
 */
const lasting: ReadonlySet<AnomalyName> = new Set(['G0', 'G1b', 'G1c', 'internal', 'lost update', 'G-single', 'G-nonadjacent', 'G2-item'])

/**
 * Looks at a history while it grows, at each part only while it is new: all looks together take as long as one or two checks of the
 * whole, and memory for the newest only. They find fewer than `checkHistory` does in the end, and no others, but for a cycle that has
 * a worse name once all is known, or that rests on a dirty read of what is rolled back only later: that has its own name then.
 */
export class LiveChecker {
  private earlier: readonly (readonly History[])[] = []

  /**
   * @param parts what has come since the last look; @param measured as for `checkHistory`
   * @throws OltpError CHECK_ELEMENT_TWICE
   */
  look(parts: readonly History[], measured: readonly TimeSpan[]): LiveFindings {
    const old = this.earlier.flat()
    this.earlier = keepNewest([...this.earlier, parts])
    const history = mergeHistories([...old, ...parts])
    const isNew = (transaction: number) => (history.origins[transaction] as number) >= old.length
    const judge: Judge = transactions => {
      // Of a cycle these two are the ends of the edge that closes it: each such edge counts once, as it does in the end.
      if (!transactions.slice(0, 2).some(isNew)) return 'not counted'
      return isWithin(measured, history.endedAt[Math.max(...transactions)] as number) ? 'measured' : 'not measured'
    }
    const findings = new Findings(judge)
    findAnomalies(gatherFacts(history, null), findings)
    return {
      transactions: parts.reduce((sum, { states }) => sum + states.length, 0),
      until: Math.max(0, ...parts.map(({ endedAt }) => endedAt.at(-1) ?? 0)),
      anomalies: findings
        .anomalies()
        .flatMap(({ name, count, measured: within }) => (lasting.has(name) ? [{ name, count, measured: within }] : [])),
    }
  }
}

/** As many looks as hold enough transactions together. */
function keepNewest(looks: readonly (readonly History[])[]): readonly (readonly History[])[] {
  let transactions = 0
  let first = looks.length
  while (first > 0 && transactions < overlap) {
    first--
    transactions += (looks[first] ?? []).reduce((sum, { states }) => sum + states.length, 0)
  }
  return looks.slice(first)
}
