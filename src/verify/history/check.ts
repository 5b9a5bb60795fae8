import { type FinalLists, type History, transactionState } from '../../measure/history.js'
import { nameCycles } from './cycles.js'
import { explainCycle } from './explain.js'
import { type Facts, gatherFacts } from './facts.js'
import { type Anomaly, Findings } from './findings.js'
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
  /** From the first end of a transaction to the last, in seconds. */
  readonly seconds: number
  /** Worst first; none: the committed transactions are as if they had run one after the other. */
  readonly anomalies: readonly ExplainedAnomaly[]
  /** False: there are at least so many anomalies; more could not be looked at. */
  readonly exact: boolean
  /** All transactions are in it. */
  readonly complete: boolean
  readonly level: LevelShown
}

interface ExplainedAnomaly extends Pick<Anomaly, 'name' | 'count'> {
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
 * @throws OltpError CHECK_ELEMENT_TWICE
 */
export function checkHistory(parts: readonly History[], finals: FinalLists | null): HistoryVerdict {
  const history = mergeHistories(parts)
  const facts = gatherFacts(history, finals)
  const previous = previousOnKey(history, facts.owner)
  const findings = new Findings()
  checkReads(facts, findings)
  checkLastVersions(facts, findings)
  checkInternal(facts, previous, findings)
  checkLostUpdates(facts, previous, findings)
  const graph = dependencyGraph(facts, previous)
  const exact = nameCycles(graph, (name, cycle) => findings.note(name, cycle.length, () => explainCycle(facts, graph, cycle)))
  const anomalies = findings.anomalies()
  return {
    transactions: {
      committed: countState(history, transactionState.committed),
      aborted: countState(history, transactionState.aborted),
      inDoubt: countState(history, transactionState.inDoubt),
    },
    operations: history.operationKeys.length,
    seconds: ((history.endedAt.at(-1) ?? 0) - (history.endedAt[0] ?? 0)) / 1e6,
    anomalies: anomalies.map(anomaly => explained(facts, anomaly)),
    exact,
    complete: history.complete,
    level: levelShown(anomalies.map(({ name }) => name)),
  }
}

function countState({ states }: History, wanted: number): number {
  return states.reduce((count, state) => count + (state === wanted ? 1 : 0), 0)
}

function explained(facts: Facts, { name, count, witness }: Anomaly): ExplainedAnomaly {
  const { clients, endedAt } = facts.history
  const transactions = [...new Set(witness.transactions)]
  return {
    name,
    count,
    sentences: witness.sentences,
    transactions: transactions.map(transaction => ({
      name: transactionName(transaction),
      client: clients[transaction] as number,
      ended_s: (endedAt[transaction] as number) / 1e6,
      operations: operationsText(facts, transaction),
    })),
  }
}
