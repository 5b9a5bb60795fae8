import { describe, expect, test } from 'vitest'
import { checkHistory } from '#oltp/verify/history/check.js'
import { nameCycles } from '#oltp/verify/history/cycles.js'
import { gatherFacts } from '#oltp/verify/history/facts.js'
import { Dependency, dependencyGraph, type Graph } from '#oltp/verify/history/graph.js'
import { mergeHistories } from '#oltp/verify/history/merge.js'
import { previousOnKey } from '#oltp/verify/history/own-keys.js'
import { aborted, append, committed, finalLists, inDoubt, type PlainTransaction, read, record } from '../../../support/histories.js'

type Finals = readonly (readonly [number, readonly number[]])[]

interface Case {
  readonly transactions: readonly PlainTransaction[]
  readonly finals: Finals
  readonly anomalies: readonly string[]
  readonly level: string
}

const cases: { readonly [name: string]: Case } = {
  'nothing: one after the other': {
    transactions: [committed(append(1, 10)), committed(read(1, 10), append(2, 20)), committed(read(2, 20), read(1, 10))],
    finals: [
      [1, [10]],
      [2, [20]],
    ],
    anomalies: [],
    level: 'serializable',
  },
  'G0: each overwrote the other': {
    transactions: [committed(append(1, 10), append(2, 20)), committed(append(1, 11), append(2, 21))],
    finals: [
      [1, [10, 11]],
      [2, [21, 20]],
    ],
    anomalies: ['G0'],
    level: 'none',
  },
  'G1a: what was rolled back had been read': {
    transactions: [aborted(append(1, 10)), committed(read(1, 10))],
    finals: [[1, []]],
    anomalies: ['G1a'],
    level: 'read uncommitted',
  },
  'G1b: half of a transaction was read': {
    transactions: [committed(append(1, 10), append(1, 11)), committed(read(1, 10))],
    finals: [[1, [10, 11]]],
    anomalies: ['G1b'],
    level: 'read uncommitted',
  },
  'G1c: each read what the other wrote': {
    transactions: [committed(append(1, 10), read(2, 20)), committed(append(2, 20), read(1, 10))],
    finals: [
      [1, [10]],
      [2, [20]],
    ],
    anomalies: ['G1c'],
    level: 'read uncommitted',
  },
  'lost update: both read the same and appended to it': {
    transactions: [committed(read(1), append(1, 10)), committed(read(1), append(1, 11))],
    finals: [[1, [10, 11]]],
    anomalies: ['lost update', 'G-single'],
    level: 'read committed',
  },
  'lost update: one wrote over the other': {
    transactions: [committed(read(1), append(1, 10)), committed(read(1), append(1, 11))],
    finals: [[1, [11]]],
    anomalies: ['lost append', 'lost update'],
    level: 'read committed',
  },
  'G-single: it saw the second write without the first': {
    transactions: [committed(append(1, 10), append(2, 20)), committed(read(1), read(2, 20))],
    finals: [
      [1, [10]],
      [2, [20]],
    ],
    anomalies: ['G-single'],
    level: 'read committed',
  },
  'G-nonadjacent: two readers saw two writes in different orders': {
    transactions: [committed(append(1, 10)), committed(append(2, 20)), committed(read(1, 10), read(2)), committed(read(1), read(2, 20))],
    finals: [
      [1, [10]],
      [2, [20]],
    ],
    anomalies: ['G-nonadjacent'],
    level: 'read committed',
  },
  'G2-item: write skew': {
    transactions: [committed(read(1), read(2), append(1, 10)), committed(read(1), read(2), append(2, 20))],
    finals: [
      [1, [10]],
      [2, [20]],
    ],
    anomalies: ['G2-item'],
    level: 'snapshot isolation',
  },
  'internal: it read its own append before making it': {
    transactions: [committed(read(1, 10), append(1, 10))],
    finals: [[1, [10]]],
    anomalies: ['internal'],
    level: 'read committed',
  },
  'internal: its own append was not there': {
    transactions: [committed(append(1, 10), read(1))],
    finals: [[1, [10]]],
    anomalies: ['internal'],
    level: 'read committed',
  },
  'internal: a list changed between two reads': {
    transactions: [committed(append(1, 10)), committed(read(1), read(1, 10))],
    finals: [[1, [10]]],
    anomalies: ['internal', 'G-single'],
    level: 'read committed',
  },
  'incompatible order: two reads that cannot both be right': {
    transactions: [committed(append(1, 10)), committed(append(1, 11)), committed(read(1, 11))],
    finals: [[1, [10, 11]]],
    anomalies: ['incompatible order'],
    level: 'read committed',
  },
  'lost append: committed, and not there': {
    transactions: [committed(append(1, 10)), committed(append(1, 11))],
    finals: [[1, [11]]],
    anomalies: ['lost append'],
    level: 'read committed',
  },
  'aborted write: rolled back, and there': {
    transactions: [aborted(append(1, 10))],
    finals: [[1, [10]]],
    anomalies: ['aborted write'],
    level: 'none',
  },
  'garbage: nobody appended it': {
    transactions: [committed(read(1, 99))],
    finals: [[1, []]],
    anomalies: ['garbage'],
    level: 'none',
  },
  'duplicate element: appended once, there twice': {
    transactions: [committed(append(1, 10))],
    finals: [[1, [10, 10]]],
    anomalies: ['duplicate element'],
    level: 'none',
  },
}

describe('the checker names', () => {
  test.each(Object.entries(cases))('%s', (_, { transactions, finals, anomalies, level }) => {
    const verdict = checkHistory([record(transactions)], finalLists(new Map(finals)))
    expect(verdict.anomalies.map(({ name }) => name)).toEqual(anomalies)
    expect(verdict.level).toBe(level)
  })
})

describe('a commit that nobody was told of', () => {
  const writer = inDoubt(append(1, 10), append(2, 20))

  test('has happened where somebody saw it', () => {
    expect(
      names(
        [writer, committed(read(1, 10))],
        [
          [1, [10]],
          [2, [20]],
        ],
      ),
    ).toEqual([])
    expect(
      names(
        [writer, committed(read(1, 10))],
        [
          [1, [10]],
          [2, []],
        ],
      ),
    ).toEqual(['lost append'])
  })

  test('has not happened where nobody did', () => {
    expect(
      names(
        [writer, committed(read(1))],
        [
          [1, []],
          [2, []],
        ],
      ),
    ).toEqual([])
  })

  test('can be a part of a cycle', () => {
    const other = committed(read(1), read(2), append(2, 20))
    expect(
      names(
        [inDoubt(read(1), read(2), append(1, 10)), other],
        [
          [1, [10]],
          [2, [20]],
        ],
      ),
    ).toEqual(['G2-item'])
  })
})

describe('a retry that draws the same element', () => {
  test('is told from the attempt that was rolled back', () => {
    expect(names([aborted(append(1, 10)), committed(append(1, 10)), committed(read(1, 10))], [[1, [10]]])).toEqual([])
  })

  test('is refused when both were committed', () => {
    expect(() => names([committed(append(1, 10)), committed(append(1, 10))], [[1, [10]]])).toThrow(/appended 10 to the list of key 1/)
  })
})

describe('a history that is not complete', () => {
  const parts = [committed(append(1, 10)), committed(append(1, 11)), committed(read(1, 10, 11))]

  test('may show elements of those that were left out', () => {
    const verdict = checkHistory([record(parts, 1)], finalLists(new Map([[1, [10, 11]]])))
    expect(verdict).toMatchObject({ complete: false, anomalies: [], transactions: { committed: 1 } })
  })

  test('still misses what was lost', () => {
    const verdict = checkHistory([record(parts, 1)], finalLists(new Map([[1, [11]]])))
    expect(verdict.anomalies.map(({ name }) => name)).toEqual(['lost append'])
  })
})

describe('what it says', () => {
  test('of a lost update', () => {
    const verdict = checkHistory([record(cases['lost update: both read the same and appended to it']?.transactions ?? [])], null)
    expect(verdict.anomalies[0]?.sentences).toEqual([
      "T2 read key 1 as [], as T1 did; T1 appended 10 to that and T2 11: neither knew of the other's update.",
    ])
  })

  test('of write skew, with what each transaction did', () => {
    const { transactions, finals } = cases['G2-item: write skew'] as Case
    const verdict = checkHistory([record(transactions)], finalLists(new Map(finals)))
    expect(verdict.anomalies).toEqual([
      {
        name: 'G2-item',
        count: 1,
        measured: 0,
        sentences: [
          'T1 read key 2 as []; T2 appended 20, so T1 came before T2.',
          'T2 read key 1 as []; T1 appended 10, so T2 came before T1.',
          'T1 before T2 before T1: a contradiction.',
        ],
        transactions: [
          { name: 'T1', client: 1, ended_s: 0, operations: 'read key 1 as [], read key 2 as [], appended 10 to key 1' },
          { name: 'T2', client: 2, ended_s: 1, operations: 'read key 1 as [], read key 2 as [], appended 20 to key 2' },
        ],
      },
    ])
  })

  test('long lists by their end', () => {
    const long = Array.from({ length: 42 }, (_, index) => index + 1)
    const writers = long.map(element => committed(append(7, element)))
    const verdict = checkHistory([record([...writers, committed(read(7, ...long, 99))])], finalLists(new Map([[7, long]])))
    expect(verdict.anomalies[0]?.sentences).toEqual(['T43 read key 7 as […,41,42,99]; nobody appended 99.'])
  })
})

describe('the checks can fail', () => {
  const writeSkew = cases['G2-item: write skew'] as Case

  test('without anti-dependencies nobody would notice write skew', () => {
    const history = mergeHistories([record(writeSkew.transactions)])
    const facts = gatherFacts(history, finalLists(new Map(writeSkew.finals)))
    const graph = dependencyGraph(facts, previousOnKey(history, facts.owner))
    expect(cyclesOf(graph)).toEqual(['G2-item'])
    expect(cyclesOf({ ...graph, kinds: graph.kinds.map(kind => (kind === Dependency.rw ? 0 : kind)) })).toEqual([])
  })

  test('a search that gives up says so', () => {
    const history = mergeHistories([record(writeSkew.transactions)])
    const facts = gatherFacts(history, finalLists(new Map(writeSkew.finals)))
    const graph = dependencyGraph(facts, previousOnKey(history, facts.owner))
    expect(nameCycles(graph, () => {}, 1)).toBe(false)
    expect(nameCycles(graph, () => {})).toBe(true)
  })
})

function names(transactions: readonly PlainTransaction[], finals: Finals): string[] {
  return checkHistory([record(transactions)], finalLists(new Map(finals))).anomalies.map(({ name }) => name)
}

function cyclesOf(graph: Graph): string[] {
  const found: string[] = []
  nameCycles(graph, name => found.push(name))
  return found
}
