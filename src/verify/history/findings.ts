import { type AnomalyName, anomalyNames } from '../../scenario/anomalies.js'

/** The proof of one anomaly: the transactions in it, by number, and what happened as sentences. */
export interface Witness {
  readonly transactions: readonly number[]
  readonly sentences: readonly string[]
}

export interface Anomaly {
  readonly name: AnomalyName
  readonly count: number
  /** How many of them came about in a time that is measured. */
  readonly measured: number
  /** The shortest; written when it is asked for. */
  witness(): Witness
}

/** Which anomalies are to be counted, and whether they came about in a time that is measured. By the transactions in them. */
export type Judge = (transactions: readonly number[]) => 'measured' | 'not measured' | 'not counted'

/** Counts anomalies by name and keeps the shortest proof of each. */
export class Findings {
  private readonly judge: Judge
  private readonly found = new Map<AnomalyName, { count: number; measured: number; size: number; witness: () => Witness }>()

  constructor(judge: Judge) {
    this.judge = judge
  }

  /**
   * @param size how long the proof is; only the proof of the shortest is ever asked for
   * @param transactions all that are in it
   */
  note(name: AnomalyName, size: number, transactions: readonly number[], witness: () => Witness): void {
    const verdict = this.judge(transactions)
    if (verdict === 'not counted') return
    const known = this.found.get(name) ?? { count: 0, measured: 0, size: Number.POSITIVE_INFINITY, witness }
    known.count++
    if (verdict === 'measured') known.measured++
    if (size < known.size) Object.assign(known, { size, witness })
    this.found.set(name, known)
  }

  /** Worst first. */
  anomalies(): Anomaly[] {
    return anomalyNames.flatMap(name => {
      const found = this.found.get(name)
      return found === undefined ? [] : [{ name, ...found }]
    })
  }
}
