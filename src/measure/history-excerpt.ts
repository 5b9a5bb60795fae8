import { flattenLists } from './flat-lists.js'
import type { History } from './history.js'

/** Some transactions of a history; keys and chains are numbered as they are in the whole. */
interface Selection
  extends Pick<History, 'states' | 'clients' | 'endedAt' | 'firstOperation' | 'operationKeys' | 'operationChains' | 'operationValues'> {
  keyName(key: number): string
  /** A chain's first elements. */
  elements(chain: number, length: number): Int32Array
}

/** A history of these transactions alone, with those keys and chains that they need, and as much of a chain as they read. */
export function excerpt({ keyName, elements, ...selection }: Selection): History {
  const { operationKeys, operationChains, operationValues } = selection
  const keys = new Map<number, number>()
  const chains = new Map<number, { readonly index: number; readonly key: number; length: number }>()
  const keyOf = (key: number) => {
    const known = keys.get(key)
    if (known !== undefined) return known
    keys.set(key, keys.size)
    return keys.size - 1
  }
  const chainOf = (chain: number, key: number, length: number) => {
    const known = chains.get(chain)
    if (known === undefined) {
      chains.set(chain, { index: chains.size, key, length })
      return chains.size - 1
    }
    known.length = Math.max(known.length, length)
    return known.index
  }
  const numberedKeys = operationKeys.map(keyOf)
  const numberedChains = operationChains.map((chain, operation) =>
    chain === -1 ? -1 : chainOf(chain, numberedKeys[operation] as number, operationValues[operation] as number),
  )
  const lists = flattenLists([...chains].map(([chain, { length }]) => elements(chain, length)))
  return {
    ...selection,
    keys: [...keys.keys()].map(keyName),
    operationKeys: numberedKeys,
    operationChains: numberedChains,
    chainKeys: Int32Array.from(chains.values(), ({ key }) => key),
    firstElement: lists.first,
    chainElements: lists.elements,
    complete: false,
  }
}
