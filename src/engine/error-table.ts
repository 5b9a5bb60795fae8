import type { Outcome } from '../measure/outcome.js'

/** Failed attempts of one transaction type in one phase by code, so far, with an example of the server's message. */
export interface ErrorRow {
  readonly phase: number
  readonly transaction: number
  readonly code: string
  readonly outcome: Outcome
  readonly message: string
  readonly count: number
}

/** A server can invent codes without end; beyond so many they are counted together. */
const mostCodes = 40

export class ErrorTable {
  private readonly rowsByKey = new Map<string, { -readonly [key in keyof ErrorRow]: ErrorRow[key] }>()
  private readonly codes = new Set<string>()
  private changed = false

  count(phase: number, transaction: number, code: string, outcome: Outcome, message: string): void {
    if (this.codes.size < mostCodes) this.codes.add(code)
    const known = this.codes.has(code) ? code : 'other'
    const key = `${phase} ${transaction} ${known} ${outcome}`
    const row = this.rowsByKey.get(key)
    if (row === undefined) this.rowsByKey.set(key, { phase, transaction, code: known, outcome, message, count: 1 })
    else row.count++
    this.changed = true
  }

  rows(): readonly ErrorRow[] {
    return [...this.rowsByKey.values()]
  }

  /** The rows when they differ from those of the last call, else null. */
  news(): readonly ErrorRow[] | null {
    if (!this.changed) return null
    this.changed = false
    return this.rows()
  }
}
