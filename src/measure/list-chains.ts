import { flattenLists } from './flat-lists.js'
import { GrowingArray } from './growing-array.js'
import { parseList } from './history.js'

/** How many chains of a key are looked at for one that a list belongs to: where lists diverge, the newest ones matter. */
const chainsTried = 3

interface Chain {
  /** The longest list so far, as text without a comma at its begin. */
  text: string
  /** Where each element ends in the text. */
  readonly ends: GrowingArray
  readonly elements: GrowingArray
  readonly index: number
  readonly key: number
}

/** Lists as they were read, those that grow out of each other kept once. */
export class ListChains {
  private readonly chains: Chain[] = []
  private readonly byKey: Chain[][] = []

  /** The chain whose first `length` elements the list is. Null: it is no list of whole numbers. */
  place(key: number, list: string): { readonly chain: number; readonly length: number } | null {
    if (list === ',') return null
    const text = list.startsWith(',') ? list.slice(1) : list
    this.byKey[key] ??= []
    const ofKey = this.byKey[key]
    for (let at = ofKey.length - 1; at >= 0 && at >= ofKey.length - chainsTried; at--) {
      const chain = ofKey[at] as Chain
      if (isBeginOf(text, chain.text)) return { chain: chain.index, length: elementsWithin(chain, text.length) }
      if (isBeginOf(chain.text, text)) return grow(chain, text) ? { chain: chain.index, length: chain.elements.length } : null
    }
    const chain = { text: '', ends: new GrowingArray(), elements: new GrowingArray(), index: this.chains.length, key }
    if (!grow(chain, text)) return null
    this.chains.push(chain)
    ofKey.push(chain)
    return { chain: chain.index, length: chain.elements.length }
  }

  /** A copy of a chain's first elements. */
  elementsOf(chain: number, length: number): Int32Array {
    return (this.chains[chain] as Chain).elements.toArray(0, length)
  }

  keys(): Int32Array {
    return Int32Array.from(this.chains, ({ key }) => key)
  }

  /** All elements, chain after chain, and where each chain begins. */
  flatten(): { readonly firstElement: Int32Array; readonly chainElements: Int32Array } {
    const { first, elements } = flattenLists(this.chains.map(chain => chain.elements.toArray()))
    return { firstElement: first, chainElements: elements }
  }
}

/** Whole elements: `1` is no begin of `12`. */
function isBeginOf(begin: string, text: string): boolean {
  if (begin.length > text.length || !text.startsWith(begin)) return false
  return begin === '' || begin.length === text.length || text.charCodeAt(begin.length) === comma
}

const comma = ','.charCodeAt(0)

function grow(chain: Chain, text: string): boolean {
  const known = chain.text.length
  const added = parseList(text.slice(known))
  if (added === null) return false
  let end = known
  for (const element of added) {
    end = text.indexOf(',', end + (end === 0 ? 0 : 1))
    if (end === -1) end = text.length
    chain.elements.push(element)
    chain.ends.push(end)
  }
  chain.text = text
  return true
}

/** How many elements end where the text has `length` characters. */
function elementsWithin({ ends }: Chain, length: number): number {
  if (length === 0) return 0
  let [low, high] = [0, ends.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (ends.at(middle) < length) low = middle + 1
    else high = middle
  }
  return low + 1
}
