import type { Statement } from '../../scenario/program.js'
import type { Value } from '../../scenario/values.js'
import type { BulkTable } from '../contract.js'
import { quoteName } from './session.js'

/** Rows of one statement at most: more gained nothing on MySQL 9 and MariaDB 11, as measured. */
const mostRows = 256
/** A prepared statement has no more parameters than this. */
const mostParameters = 65_535
/** Long texts make statements of fewer rows; far below any max_allowed_packet. */
const mostCharacters = 256 * 1024

/** One INSERT on its way: a statement to prepare, and the values of its rows one after the other. */
export interface Insert {
  readonly statement: Statement
  readonly values: readonly Value[]
  readonly rows: number
}

/** A table's rows as INSERTs, for whoever asks next. What the rows themselves throw comes through. */
export class Inserts {
  readonly #table: BulkTable
  readonly #rows: Iterator<readonly Value[]>
  readonly #largest: number
  readonly #statements = new Map<number, Statement>()
  /** Values of rows that did not fit into an INSERT of one of the sizes. */
  #held: Value[] = []

  constructor(table: BulkTable) {
    this.#table = table
    this.#rows = table.rows[Symbol.iterator]()
    this.#largest = powerOfTwo(Math.min(mostRows, mostParameters / table.columns.length))
  }

  /** Null: there are no more. */
  next(): Insert | null {
    const width = this.#table.columns.length
    const values = this.#held
    let characters = 0
    while (values.length < this.#largest * width && characters < mostCharacters) {
      const { done, value } = this.#rows.next()
      if (done) break
      for (let position = 0; position < width; position++) {
        const cell = value[position] ?? null
        if (typeof cell === 'string') characters += cell.length
        values.push(cell)
      }
    }
    if (values.length === 0) return null
    // Few sizes: each one is a statement of its own that the server prepares.
    const rows = powerOfTwo(values.length / width)
    this.#held = values.splice(rows * width)
    return { statement: this.#statement(rows), values, rows }
  }

  #statement(rows: number): Statement {
    let statement = this.#statements.get(rows)
    if (statement === undefined) {
      const { table, columns } = this.#table
      const row = `(${columns.map(() => '?').join(', ')})`
      const text = `INSERT INTO ${quoteName(table)} (${columns.map(quoteName).join(', ')}) VALUES ${Array(rows).fill(row).join(', ')}`
      statement = { index: 0, name: `load of ${table}`, text, readsRows: false, last: false }
      this.#statements.set(rows, statement)
    }
    return statement
  }
}

/** The largest one that is not above `limit`, which is 1 or more. */
function powerOfTwo(limit: number): number {
  return 2 ** Math.floor(Math.log2(limit))
}
