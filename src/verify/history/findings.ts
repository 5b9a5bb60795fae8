import { type AnomalyName, anomalyNames } from '../../scenario/anomalies.js'

/** The proof of one anomaly: the transactions in it, by number, and what happened as sentences. */
export interface Witness {
  readonly transactions: readonly number[]
  readonly sentences: readonly string[]
}

export interface Anomaly {
  readonly name: AnomalyName
  readonly count: number
  readonly witness: Witness
}

/** Counts anomalies by name and keeps the shortest proof of each. */
export class Findings {
  private readonly found = new Map<AnomalyName, { count: number; size: number; witness: () => Witness }>()

  /** @param size how long the proof is; only the proof of the shortest is ever asked for */
  note(name: AnomalyName, size: number, witness: () => Witness, count = 1): void {
    const known = this.found.get(name)
    if (known === undefined) this.found.set(name, { count, size, witness })
    else {
      known.count += count
      if (size < known.size) Object.assign(known, { size, witness })
    }
  }

  /** Worst first. */
  anomalies(): Anomaly[] {
    return anomalyNames.flatMap(name => {
      const found = this.found.get(name)
      return found === undefined ? [] : [{ name, count: found.count, witness: found.witness() }]
    })
  }
}
