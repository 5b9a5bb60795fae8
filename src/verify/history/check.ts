import { type FinalLists, type History, transactionState } from '../../measure/history.js'
import { isWithin, secondsOf, spansBefore, type TimeSpan } from '../../measure/spans.js'
import { nameCycles } from './cycles.js'
import { explainCycle } from './explain.js'
import { type Facts, gatherFacts } from './facts.js'
import { type Anomaly, Findings, type Judge } from './findings.js'
import { dependencyGraph } from './graph.js'
import { checkInternal } from './internal.js'
import { type LevelShown, levelShown } from './level.js'
import { checkLostUpdates } from './lost-updates.js'
import { mergeHistories } from './merge.js'
import { previousOnKey } from './own-keys.js'
import { checkReads } from './reads.js'
import { checkLastVersions } from './versions.js'
import { operationsText, transactionName } from './words.js'

/** What a history shows. */
export interface HistoryVerdict {
  readonly transactions: { readonly committed: number; readonly aborted: number; readonly inDoubt: number }
  readonly operations: number
  /** How long what is measured was recorded, in seconds: where there was no room for all transactions, not to its end. */
  readonly measured_s: number
  /** Worst first; none: the committed transactions are as if they had run one after the other. */
  readonly anomalies: readonly ExplainedAnomaly[]
  /** False: there are at least so many anomalies; more could not be looked at. */
  readonly exact: boolean
  /** All transactions are in it. */
  readonly complete: boolean
  readonly level: LevelShown
}

interface ExplainedAnomaly extends Pick<Anomaly, 'name' | 'count' | 'measured'> {
  /** The shortest proof: what happened, and what each transaction in it did. */
  readonly sentences: readonly string[]
  readonly transactions: readonly WitnessTransaction[]
}

interface WitnessTransaction {
  /** As in `T1203`. */
  readonly name: string
  readonly client: number
  /** When it ended, in seconds since the load's zero. */
  readonly ended_s: number
  readonly operations: string
}

/**
 * Which anomalies a history of lists shows. After Kingsbury and Alvaro, «Elle», VLDB 2020: as no element is appended twice, the lists
 * tell in which order transactions wrote, and a cycle of who came before whom has no serial order. Linear in the operations.
 *
 * @param parts of every thread that recorded; @param finals what the lists hold in the end, null where nobody could read them
 * @param measured when the load was measured: an anomaly came about when the last of its transactions ended
 * @throws OltpError CHECK_ELEMENT_TWICE
 */
export function checkHistory(parts: readonly History[], finals: FinalLists | null, measured: readonly TimeSpan[] = []): HistoryVerdict {
  const history = mergeHistories(parts)
  const recorded = spansBefore(measured, recordedUntil(parts))
  const facts = gatherFacts(history, finals)
  const findings = new Findings(lastEndsWithin(recorded, history))
  const exact = findAnomalies(facts, findings)
  const anomalies = findings.anomalies()
  return {
    transactions: {
      committed: countState(history, transactionState.committed),
      aborted: countState(history, transactionState.aborted),
      inDoubt: countState(history, transactionState.inDoubt),
    },
    operations: history.operationKeys.length,
    measured_s: secondsOf(recorded),
    anomalies: anomalies.map(anomaly => explained(facts, anomaly)),
    exact,
    complete: history.complete,
    level: levelShown(anomalies.map(({ name }) => name)),
  }
}

/** @returns false when there are more than could be looked at */
export function findAnomalies(facts: Facts, findings: Findings): boolean {
  const previous = previousOnKey(facts.history, facts.owner)
  checkReads(facts, findings)
  checkLastVersions(facts, findings)
  checkInternal(facts, previous, findings)
  checkLostUpdates(facts, previous, findings)
  const graph = dependencyGraph(facts, previous)
  return nameCycles(graph, (name, cycle) =>
    findings.note(
      name,
      cycle.length,
      cycle.map(edge => graph.sources[edge] as number),
      () => explainCycle(facts, graph, cycle),
    ),
  )
}

/** When the first thread ran out of room; Infinity: none did. */
function recordedUntil(parts: readonly History[]): number {
  return Math.min(...parts.filter(({ complete }) => !complete).map(({ endedAt }) => endedAt.at(-1) ?? 0))
}

/** Transactions are numbered in the order in which they ended. */
function lastEndsWithin(spans: readonly TimeSpan[], { endedAt }: History): Judge {
  return transactions => (isWithin(spans, endedAt[Math.max(...transactions)] ?? Number.NaN) ? 'measured' : 'not measured')
}

function countState({ states }: History, wanted: number): number {
  return states.reduce((count, state) => count + (state === wanted ? 1 : 0), 0)
}

function explained(facts: Facts, { name, count, measured, witness }: Anomaly): ExplainedAnomaly {
  const { clients, endedAt } = facts.history
  const proof = witness()
  const transactions = [...new Set(proof.transactions)]
  return {
    name,
    count,
    measured,
    sentences: proof.sentences,
    transactions: transactions.map(transaction => ({
      name: transactionName(transaction),
      client: clients[transaction] as number,
      ended_s: (endedAt[transaction] as number) / 1e6,
      operations: operationsText(facts, transaction),
    })),
  }
}
