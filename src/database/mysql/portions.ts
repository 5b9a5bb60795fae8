import type { Insert, Inserts } from './inserts.js'

/** INSERTs of one portion, which is one transaction: neither a flush to disk per statement nor an undo log as long as the table. */
const insertsPerPortion = 64
/** Portions made ahead. */
const mostReady = 2

/**
 * A table's INSERTs in portions. A session that takes a whole one writes to pages of its own: where two take turns INSERT by INSERT, they
 * wait for each other's pages, as measured on MySQL 9.
 */
export class Portions {
  readonly #inserts: Inserts
  readonly #ready: (readonly Insert[])[] = []
  #filling: Insert[] = []
  #exhausted = false

  constructor(inserts: Inserts) {
    this.#inserts = inserts
  }

  /** The next one; null: there are no more. */
  take(): readonly Insert[] | null {
    while (this.#ready.length === 0 && !this.#exhausted) this.#make()
    return this.#ready.shift() ?? null
  }

  /** Makes an INSERT of a later portion, for a moment in which there is nothing else to do. */
  makeAhead(): void {
    if (this.#ready.length < mostReady && !this.#exhausted) this.#make()
  }

  #make(): void {
    const insert = this.#inserts.next()
    if (insert === null) this.#exhausted = true
    else this.#filling.push(insert)
    const full = this.#filling.length === insertsPerPortion
    if (!full && !(this.#exhausted && this.#filling.length > 0)) return
    this.#ready.push(this.#filling)
    this.#filling = []
  }
}
