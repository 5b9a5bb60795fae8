import type { FinalLists, History, TransactionState } from '#oltp/measure/history.js'
import { transactionState } from '#oltp/measure/history.js'
import { HistoryRecorder, OpenOperations } from '#oltp/measure/history-recorder.js'

/** `r 1 [2,3]`: it read the list of key 1 as 2, 3 · `a 1 4`: it appended 4 to it. */
export type Operation =
  | { readonly kind: 'read'; readonly key: number; readonly list: readonly number[] }
  | { readonly kind: 'append'; readonly key: number; readonly element: number }

export interface PlainTransaction {
  readonly state: keyof typeof transactionState
  readonly operations: readonly Operation[]
}

export interface PlainHistory {
  readonly transactions: readonly PlainTransaction[]
  readonly finals: ReadonlyMap<number, readonly number[]>
}

export const read = (key: number, ...list: number[]): Operation => ({ kind: 'read', key, list })
export const append = (key: number, element: number): Operation => ({ kind: 'append', key, element })
export const committed = (...operations: Operation[]): PlainTransaction => ({ state: 'committed', operations })
export const aborted = (...operations: Operation[]): PlainTransaction => ({ state: 'aborted', operations })
export const inDoubt = (...operations: Operation[]): PlainTransaction => ({ state: 'inDoubt', operations })

/** As a load thread would record it, one second after the other; transaction `n` of client `n`. */
export function record(transactions: readonly PlainTransaction[], limit = Number.POSITIVE_INFINITY): History {
  const recorder = new HistoryRecorder(limit)
  recordInto(recorder, transactions)
  return recorder.history()
}

/** The same, asked for what is new after each of several parts. */
export function recordInLooks(looks: readonly (readonly PlainTransaction[])[]): readonly History[] {
  const recorder = new HistoryRecorder(Number.POSITIVE_INFINITY)
  return looks.map(transactions => {
    recordInto(recorder, transactions)
    return recorder.recent(Number.POSITIVE_INFINITY)
  })
}

function recordInto(recorder: HistoryRecorder, transactions: readonly PlainTransaction[]): void {
  const open = new OpenOperations()
  const before = recorder.length
  transactions.forEach(({ state, operations }, at) => {
    const index = before + at
    for (const operation of operations) {
      const key = String(operation.key)
      if (operation.kind === 'append') recorder.append(open, key, operation.element)
      else recorder.read(open, key, operation.list.join(','))
    }
    const value: TransactionState = transactionState[state]
    recorder.ended(open, value, index + 1, index * 1e6)
  })
}

export function finalLists(lists: ReadonlyMap<number, readonly number[]>): FinalLists {
  const firstElement = new Int32Array(lists.size + 1)
  ;[...lists.values()].forEach((list, index) => {
    firstElement[index + 1] = (firstElement[index] as number) + list.length
  })
  return { keys: [...lists.keys()].map(String), firstElement, elements: Int32Array.from([...lists.values()].flat()) }
}
