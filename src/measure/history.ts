/**
 * What transactions did to lists: each reads whole lists and appends elements to them, and no element is appended twice. So what was
 * read tells which transaction came before which. Typed arrays only: a history crosses to another thread without being copied.
 *
 * Lists that grow out of each other are kept once, as a chain: a read is the chain's first so many elements.
 */
export interface History {
  /** As people know them; operations and chains name a key by its place here. */
  readonly keys: readonly string[]
  /** Of each transaction: see `transactionState`. */
  readonly states: Uint8Array
  /** 1-based. */
  readonly clients: Int32Array
  /** Microseconds since the load's zero. */
  readonly endedAt: Float64Array
  /** Transaction `t` has the operations from `firstOperation[t]` to `firstOperation[t + 1]`, in the order in which it ran them. */
  readonly firstOperation: Int32Array
  readonly operationKeys: Int32Array
  /** Of a read, the chain; of an append, −1. */
  readonly operationChains: Int32Array
  /** Of a read, how many elements; of an append, the element. */
  readonly operationValues: Int32Array
  readonly chainKeys: Int32Array
  /** Chain `c` has the elements from `firstElement[c]` to `firstElement[c + 1]`. */
  readonly firstElement: Int32Array
  readonly chainElements: Int32Array
  /** False when there was no room for all transactions: somebody else may have appended what nobody here has. */
  readonly complete: boolean
}

/** `inDoubt`: nobody was told whether it was committed. */
export const transactionState = { committed: 0, aborted: 1, inDoubt: 2 } as const
export type TransactionState = (typeof transactionState)[keyof typeof transactionState]

/** What the lists hold when all transactions are over; key `k` has the elements from `firstElement[k]` to `firstElement[k + 1]`. */
export interface FinalLists {
  readonly keys: readonly string[]
  readonly firstElement: Int32Array
  readonly elements: Int32Array
}

/** The memory behind its arrays: what a message to another thread takes along instead of copies. */
export function buffersOf(of: History | FinalLists): ArrayBuffer[] {
  const buffers = Object.values(of).flatMap(value =>
    ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [],
  )
  return [...new Set(buffers)]
}

/** The elements of a list as databases keep it: whole numbers with a comma between, or before each; null where it is anything else. */
export function parseList(text: string): readonly number[] | null {
  if (text === '') return []
  const elements = (text.startsWith(',') ? text.slice(1) : text).split(',').map(toElement)
  return elements.every(element => element !== null) ? elements : null
}

function toElement(text: string): number | null {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  return isElement(value) ? value : null
}

function isElement(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fffffff
}
