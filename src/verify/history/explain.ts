import type { Cycle } from './cycles.js'
import type { Facts } from './facts.js'
import type { Witness } from './findings.js'
import { Dependency, type Graph } from './graph.js'
import { keyName, readSentence, transactionName } from './words.js'

/** A longer circle than anybody would follow is told by its begin and its end. */
const edgesTold = 12

/** A cycle as sentences: which transaction came before which, why, and that it cannot be. */
export function explainCycle(facts: Facts, graph: Graph, cycle: Cycle): Witness {
  const left = Math.max(0, cycle.length - edgesTold)
  const told = left === 0 ? cycle : [...cycle.slice(0, edgesTold - 1), ...cycle.slice(-1)]
  const sentences = told.map(edge => explainEdge(facts, graph, edge))
  const transactions = told.map(edge => graph.sources[edge] as number)
  const names = transactions.map(transactionName)
  if (left > 0) {
    sentences.splice(-1, 0, `And so on, over ${left} more.`)
    names.splice(-1, 0, '…')
  }
  return { transactions, sentences: [...sentences, `${[...names, names[0]].join(' before ')}: a contradiction.`] }
}

function explainEdge(facts: Facts, graph: Graph, edge: number): string {
  const { operationValues, operationKeys } = facts.history
  const [source, target] = [transactionName(graph.sources[edge] as number), transactionName(graph.targets[edge] as number)]
  const [cause, effect] = [graph.causes[edge] as number, graph.effects[edge] as number]
  const so = `so ${source} came before ${target}.`
  if (graph.kinds[edge] === Dependency.rw) return `${readSentence(facts, cause)}; ${target} appended ${operationValues[effect]}, ${so}`
  const appended = `${source} appended ${operationValues[cause]}`
  if (graph.kinds[edge] === Dependency.wr) return `${readSentence(facts, effect)}; ${appended}, ${so}`
  const key = keyName(facts, operationKeys[cause] as number)
  return `${appended} to ${key} and ${target} appended ${operationValues[effect]} next, ${so}`
}
