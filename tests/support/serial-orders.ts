import type { PlainHistory, PlainTransaction } from './histories.js'

/**
 * Whether the history is serializable, by trying everything: some of the transactions in doubt, and every order of those and of the
 * committed ones, on lists that begin empty. It must give each read and what the lists hold in the end.
 */
export function isSerializable({ transactions, finals }: PlainHistory): boolean {
  const sure = transactions.filter(({ state }) => state === 'committed')
  const maybe = transactions.filter(({ state }) => state === 'inDoubt')
  return subsets(maybe).some(some => permutations([...sure, ...some]).some(order => replays(order, finals)))
}

function replays(order: readonly PlainTransaction[], finals: PlainHistory['finals']): boolean {
  const lists = new Map<number, number[]>()
  for (const { operations } of order) {
    for (const operation of operations) {
      const list = lists.get(operation.key) ?? []
      if (operation.kind === 'append') lists.set(operation.key, [...list, operation.element])
      else if (!same(list, operation.list)) return false
    }
  }
  return [...new Set([...lists.keys(), ...finals.keys()])].every(key => same(lists.get(key) ?? [], finals.get(key) ?? []))
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index])
}

function subsets<T>([first, ...rest]: readonly T[]): T[][] {
  if (first === undefined) return [[]]
  const without = subsets(rest)
  return [...without, ...without.map(one => [first, ...one])]
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map(rest => [item, ...rest]))
}
