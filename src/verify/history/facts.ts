import { flattenLists } from '../../measure/flat-lists.js'
import { type FinalLists, type History, transactionState } from '../../measure/history.js'
import { indexWriters, type Writers } from './writers.js'

/** A history with everything looked up that the checks ask for. Where a number is «none», it is −1. */
export interface Facts extends Pick<Writers, 'owner'> {
  readonly history: History
  /** Of each transaction, 1: it was committed, or it is in doubt and what it appended was seen. */
  readonly live: Uint8Array
  /** The append behind each element of a chain; none: nobody is known to have appended it. */
  readonly chainWriters: Int32Array
  /** How many of a chain's first elements are also the first ones of its key's last version. */
  readonly agreed: Int32Array
  /** Of each chain, how many elements come before the first one of a transaction that was rolled back. */
  readonly clean: Int32Array
  /** Of each chain, how many elements come before the first one that nobody is known to have appended. */
  readonly known: Int32Array
  /** The last version of each key: key `k` has the places from `firstVersion[k]` to `firstVersion[k + 1]`. */
  readonly firstVersion: Int32Array
  readonly versionElements: Int32Array
  readonly versionWriters: Int32Array
  /** Of each append, where in the last version of its key its element stands; none: it is not there. */
  readonly position: Int32Array
  /** Last versions are what the database holds in the end, and not just the longest that were read; none where reads disagree. */
  readonly final: boolean
}

/** @param finals null: nobody could read what the lists hold in the end */
export function gatherFacts(history: History, finals: FinalLists | null): Facts {
  const { owner, find } = indexWriters(history)
  const { chainKeys, firstElement, chainElements } = history
  const chainWriters = new Int32Array(chainElements.length)
  chainKeys.forEach((key, chain) => {
    const end = firstElement[chain + 1] as number
    for (let at = firstElement[chain] as number; at < end; at++) chainWriters[at] = find(key, chainElements[at] as number)
  })
  const longest = longestReads(history)
  const last = finals === null ? agreedVersions(history, owner, chainWriters, longest) : finalVersions(history, finals)
  const versionWriters = new Int32Array(last.versionElements.length)
  const position = new Int32Array(owner.length).fill(-1)
  for (let key = 0; key < history.keys.length; key++) {
    const start = last.firstVersion[key] as number
    const end = last.firstVersion[key + 1] as number
    for (let at = start; at < end; at++) {
      const writer = find(key, last.versionElements[at] as number)
      versionWriters[at] = writer
      if (writer !== -1 && position[writer] === -1) position[writer] = at - start
    }
  }
  const live = whoLives(history, owner, chainWriters, versionWriters, longest)
  const isLive = (writer: number) => live[owner[writer] as number] === 1
  return {
    history,
    owner,
    live,
    chainWriters,
    ...last,
    versionWriters,
    position,
    agreed: Int32Array.from(chainKeys, (key, chain) => agreement(history, chain, key, last)),
    clean: untilFirst(history, chainWriters, writer => writer !== -1 && !isLive(writer)),
    known: untilFirst(history, chainWriters, writer => writer === -1),
  }
}

/** Of each chain, the most that a committed transaction read of it. */
function longestReads({ chainKeys, operationChains, operationValues, states, firstOperation }: History): Int32Array {
  const longest = new Int32Array(chainKeys.length)
  states.forEach((state, transaction) => {
    if (state !== transactionState.committed) return
    const end = firstOperation[transaction + 1] as number
    for (let operation = firstOperation[transaction] as number; operation < end; operation++) {
      const chain = operationChains[operation] as number
      if (chain !== -1) longest[chain] = Math.max(longest[chain] as number, operationValues[operation] as number)
    }
  })
  return longest
}

type LastVersions = Pick<Facts, 'firstVersion' | 'versionElements' | 'final'>

/** What the lists hold in the end. */
function finalVersions({ keys }: History, finals: FinalLists): LastVersions {
  const finalOf = new Map(finals.keys.map((key, index) => [key, index]))
  const versions = keys.map(key => {
    const index = finalOf.get(key)
    return index === undefined ? nothing : finals.elements.subarray(finals.firstElement[index], finals.firstElement[index + 1])
  })
  return { ...flat(versions), final: true }
}

/**
 * How each list begins, as far as everybody has read it alike who read so much of it, and up to the first element that may have been
 * rolled back: where reads disagree, no order of the elements is known to be the right one.
 */
function agreedVersions(history: History, owner: Int32Array, chainWriters: Int32Array, longest: Int32Array): LastVersions {
  const { keys, chainKeys, firstElement, chainElements, states } = history
  const reads = Array.from(chainKeys, (_, chain) => {
    const start = firstElement[chain] as number
    const most = longest[chain] as number
    const mayBeGone = (writer: number) => writer !== -1 && states[owner[writer] as number] !== transactionState.committed
    const end = chainWriters.subarray(start, start + most).findIndex(mayBeGone)
    return chainElements.subarray(start, start + (end === -1 ? most : end))
  })
  const versions = keys.map(() => nothing)
  chainKeys.forEach((key, chain) => {
    const [read, best] = [reads[chain] as Int32Array, versions[key] as Int32Array]
    if (read.length > best.length) versions[key] = read
  })
  chainKeys.forEach((key, chain) => {
    const version = versions[key] as Int32Array
    if ((reads[chain] as Int32Array).some((element, at) => element !== version[at])) versions[key] = nothing
  })
  return { ...flat(versions), final: false }
}

function flat(versions: readonly Int32Array[]): Pick<Facts, 'firstVersion' | 'versionElements'> {
  const { first, elements } = flattenLists(versions)
  return { firstVersion: first, versionElements: elements }
}

const nothing: Int32Array = new Int32Array(0)

function agreement({ firstElement, chainElements }: History, chain: number, key: number, last: LastVersions): number {
  const [start, version] = [firstElement[chain] as number, last.firstVersion[key] as number]
  const most = Math.min((firstElement[chain + 1] as number) - start, (last.firstVersion[key + 1] as number) - version)
  let length = 0
  while (length < most && chainElements[start + length] === last.versionElements[version + length]) length++
  return length
}

/** A commit that nobody was told of has happened if somebody saw what it wrote. */
function whoLives(
  history: History,
  owner: Int32Array,
  chainWriters: Int32Array,
  versionWriters: Int32Array,
  longest: Int32Array,
): Uint8Array {
  const { states, chainKeys, firstElement } = history
  const live = Uint8Array.from(states, state => (state === transactionState.committed ? 1 : 0))
  const seen = (writer: number) => {
    const transaction = owner[writer]
    if (transaction !== undefined && states[transaction] === transactionState.inDoubt) live[transaction] = 1
  }
  versionWriters.forEach(seen)
  chainKeys.forEach((_, chain) => {
    const start = firstElement[chain] as number
    for (let at = start; at < start + (longest[chain] as number); at++) seen(chainWriters[at] as number)
  })
  return live
}

function untilFirst({ chainKeys, firstElement }: History, chainWriters: Int32Array, wanted: (writer: number) => boolean): Int32Array {
  return Int32Array.from(chainKeys, (_, chain) => {
    const start = firstElement[chain] as number
    const end = firstElement[chain + 1] as number
    let at = start
    while (at < end && !wanted(chainWriters[at] as number)) at++
    return at - start
  })
}
