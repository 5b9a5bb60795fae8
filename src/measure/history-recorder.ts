import { GrowingArray } from './growing-array.js'
import type { History, TransactionState } from './history.js'
import { excerpt } from './history-excerpt.js'
import { ListChains } from './list-chains.js'

/** The operations of one transaction that runs, until it ends; used again for the client's next one. */
export class OpenOperations {
  readonly keys = new GrowingArray()
  readonly chains = new GrowingArray()
  readonly values = new GrowingArray()

  get length(): number {
    return this.keys.length
  }

  /** Forgets all but the first `length`: what came after a savepoint that was rolled back to, or did not happen. */
  cutTo(length: number): void {
    for (const array of [this.keys, this.chains, this.values]) array.length = length
  }

  push(key: number, chain: number, value: number): void {
    this.keys.push(key)
    this.chains.push(chain)
    this.values.push(value)
  }
}

/** Records what transactions did to lists while they run; see `History`. Those beyond `limit` are left out. */
export class HistoryRecorder {
  private readonly limit: number
  private readonly keyNumbers = new Map<string, number>()
  private readonly keyNames: string[] = []
  private readonly lists = new ListChains()
  private readonly states = new GrowingArray()
  private readonly clients = new GrowingArray()
  private readonly endedAt: number[] = []
  private readonly firstOperation = new GrowingArray()
  private readonly operations = new OpenOperations()
  private complete = true
  private told = 0

  constructor(limit: number) {
    this.limit = limit
    this.firstOperation.push(0)
  }

  /** Transactions recorded. */
  get length(): number {
    return this.states.length
  }

  append(open: OpenOperations, key: string, element: number): void {
    open.push(this.keyNumber(key), -1, element)
  }

  /** @param list as the database keeps it, see `parseList`; false: it is no list */
  read(open: OpenOperations, key: string, list: string): boolean {
    const number = this.keyNumber(key)
    const place = this.lists.place(number, list)
    if (place !== null) open.push(number, place.chain, place.length)
    return place !== null
  }

  /** @param endedAt microseconds since the load's zero */
  ended(open: OpenOperations, state: TransactionState, client: number, endedAt: number): void {
    if (open.length > 0 && this.length < this.limit) {
      for (let at = 0; at < open.length; at++) this.operations.push(open.keys.at(at), open.chains.at(at), open.values.at(at))
      this.states.push(state)
      this.clients.push(client)
      this.endedAt.push(endedAt)
      this.firstOperation.push(this.operations.length)
    } else if (open.length > 0) this.complete = false
    open.cutTo(0)
  }

  /**
   * What was recorded since the last call, for a look while the load goes on: it takes as long as what it answers with.
   *
   * @param most transactions; of more, the newest
   */
  recent(most: number): History {
    const first = Math.max(this.told, this.length - most)
    this.told = this.length
    const begin = this.firstOperation.at(first)
    const operationKeys = this.operations.keys.toArray(begin)
    const operationChains = this.operations.chains.toArray(begin)
    const operationValues = this.operations.values.toArray(begin)
    return excerpt({
      keyName: key => this.keyNames[key] as string,
      elements: (chain, length) => this.lists.elementsOf(chain, length),
      states: Uint8Array.from(this.states.toArray(first)),
      clients: this.clients.toArray(first),
      endedAt: Float64Array.from(this.endedAt.slice(first)),
      firstOperation: this.firstOperation.toArray(first).map(operation => operation - begin),
      operationKeys,
      operationChains,
      operationValues,
    })
  }

  history(): History {
    return {
      keys: [...this.keyNames],
      states: Uint8Array.from(this.states.toArray()),
      clients: this.clients.toArray(),
      endedAt: Float64Array.from(this.endedAt),
      firstOperation: this.firstOperation.toArray(),
      operationKeys: this.operations.keys.toArray(),
      operationChains: this.operations.chains.toArray(),
      operationValues: this.operations.values.toArray(),
      chainKeys: this.lists.keys(),
      ...this.lists.flatten(),
      complete: this.complete,
    }
  }

  private keyNumber(key: string): number {
    const known = this.keyNumbers.get(key)
    if (known !== undefined) return known
    this.keyNumbers.set(key, this.keyNames.length)
    return this.keyNames.push(key) - 1
  }
}
