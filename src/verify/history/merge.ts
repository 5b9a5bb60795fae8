import type { History } from '../../measure/history.js'

interface MergedHistory extends History {
  /** Of each transaction, the part that it comes from. */
  readonly origins: Int32Array
}

/** The histories of several load threads as one, the transactions in the order in which they ended. */
export function mergeHistories(parts: readonly History[]): MergedHistory {
  const keyNumbers = new Map<string, number>()
  const shares = parts.map(part => ({ part, keyOf: Int32Array.from(part.keys, key => numberOf(key, keyNumbers)) }))
  const total = (count: (part: History) => number) => parts.reduce((sum, part) => sum + count(part), 0)
  const order = byEnd(
    parts,
    total(({ states }) => states.length),
  )
  const operations = total(({ operationKeys }) => operationKeys.length)
  const chains = total(({ chainKeys }) => chainKeys.length)
  const merged = {
    keys: [...keyNumbers.keys()],
    states: new Uint8Array(order.length),
    clients: new Int32Array(order.length),
    endedAt: new Float64Array(order.length),
    origins: Int32Array.from(order, ({ part }) => part),
    firstOperation: new Int32Array(order.length + 1),
    operationKeys: new Int32Array(operations),
    operationChains: new Int32Array(operations),
    operationValues: new Int32Array(operations),
    chainKeys: new Int32Array(chains),
    firstElement: new Int32Array(chains + 1),
    chainElements: new Int32Array(total(({ chainElements }) => chainElements.length)),
    complete: parts.every(({ complete }) => complete),
  }
  const firstChain = addChains(merged, shares)
  addTransactions(merged, shares, order, firstChain)
  return merged
}

interface Share {
  readonly part: History
  /** A part's number of a key → that of all. */
  readonly keyOf: Int32Array
}

interface Place {
  readonly part: number
  readonly transaction: number
  readonly endedAt: number
}

function numberOf(key: string, numbers: Map<string, number>): number {
  const known = numbers.get(key)
  if (known !== undefined) return known
  numbers.set(key, numbers.size)
  return numbers.size - 1
}

function byEnd(parts: readonly History[], count: number): readonly Place[] {
  const places: Place[] = []
  parts.forEach(({ endedAt }, part) => {
    endedAt.forEach((at, transaction) => {
      places.push({ part, transaction, endedAt: at })
    })
  })
  if (places.length !== count) throw new RangeError('a history has transactions without an end')
  return places.sort((a, b) => a.endedAt - b.endedAt || a.part - b.part || a.transaction - b.transaction)
}

/** Returns where each part's chains begin. */
function addChains(merged: History, shares: readonly Share[]): readonly number[] {
  let [chain, element] = [0, 0]
  return shares.map(({ part, keyOf }) => {
    const first = chain
    merged.chainElements.set(part.chainElements, element)
    part.chainKeys.forEach((key, index) => {
      merged.chainKeys[chain] = keyOf[key] as number
      merged.firstElement[chain + 1] = element + (part.firstElement[index + 1] as number)
      chain++
    })
    element += part.chainElements.length
    return first
  })
}

function addTransactions(merged: History, shares: readonly Share[], order: readonly Place[], firstChain: readonly number[]): void {
  let operation = 0
  order.forEach(({ part: index, transaction }, at) => {
    const { part, keyOf } = shares[index] as Share
    merged.states[at] = part.states[transaction] as number
    merged.clients[at] = part.clients[transaction] as number
    merged.endedAt[at] = part.endedAt[transaction] as number
    const end = part.firstOperation[transaction + 1] as number
    for (let from = part.firstOperation[transaction] as number; from < end; from++) {
      const chain = part.operationChains[from] as number
      merged.operationKeys[operation] = keyOf[part.operationKeys[from] as number] as number
      merged.operationChains[operation] = chain === -1 ? -1 : chain + (firstChain[index] as number)
      merged.operationValues[operation] = part.operationValues[from] as number
      operation++
    }
    merged.firstOperation[at + 1] = operation
  })
}
