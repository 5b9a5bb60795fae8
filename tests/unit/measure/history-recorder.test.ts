import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseList } from '#oltp/measure/history.js'
import { HistoryRecorder, OpenOperations } from '#oltp/measure/history-recorder.js'

/** What reads of one key are remembered as. */
function remembered(lists: readonly string[]): { readonly lists: number[][]; readonly kept: number } {
  const recorder = new HistoryRecorder(1000)
  const open = new OpenOperations()
  for (const list of lists) expect(recorder.read(open, 'k', list)).toBe(true)
  recorder.ended(open, 0, 1, 0)
  const history = recorder.history()
  return {
    kept: history.chainElements.length,
    lists: [...history.operationChains].map((chain, operation) => {
      const start = history.firstElement[chain] as number
      return [...history.chainElements.slice(start, start + (history.operationValues[operation] as number))]
    }),
  }
}

describe('lists that were read', () => {
  test('are kept once as long as they grow out of each other', () => {
    const lists = ['', '1', '1,12', '1', '1,12,3,40', '1,12,3', '']
    expect(remembered(lists)).toEqual({ lists: [[], [1], [1, 12], [1], [1, 12, 3, 40], [1, 12, 3], []], kept: 4 })
  })

  test('are told apart where they do not', () => {
    expect(remembered(['1,2', '12', '1,2,3', '1,3'])).toEqual({ lists: [[1, 2], [12], [1, 2, 3], [1, 3]], kept: 6 })
  })

  test('are remembered as they were, whatever they were', () => {
    const list = fc.array(fc.constantFrom(1, 2, 11, 12), { maxLength: 4 })
    fc.assert(
      fc.property(fc.array(list, { minLength: 1, maxLength: 12 }), fc.boolean(), (lists, comma) => {
        const texts = lists.map(one => one.map(element => (comma ? `,${element}` : element)).join(comma ? '' : ','))
        expect(remembered(texts).lists).toEqual(lists)
      }),
      { numRuns: 500, seed: 5 },
    )
  })

  test('are refused when they are something else', () => {
    const recorder = new HistoryRecorder(10)
    const open = new OpenOperations()
    for (const list of ['x', '1,', '1,,2', '1.5', '-1', '4000000000', '1 2', ',']) expect(recorder.read(open, 'k', list)).toBe(false)
    expect(open.length).toBe(0)
  })
})

test('a list is whole numbers with a comma between, or before each', () => {
  expect(['', '7', ',7', '7,8', ',7,8', '2147483647'].map(parseList)).toEqual([[], [7], [7], [7, 8], [7, 8], [2147483647]])
  expect(['2147483648', '7,', 'seven'].map(parseList)).toEqual([null, null, null])
})

describe('what is recorded', () => {
  test('leaves out what was undone, and transactions that did nothing', () => {
    const recorder = new HistoryRecorder(10)
    const open = new OpenOperations()
    recorder.append(open, 'k', 1)
    recorder.append(open, 'k', 2)
    open.cutTo(1)
    recorder.ended(open, 0, 3, 5)
    recorder.ended(open, 0, 3, 6)
    expect(recorder.history()).toMatchObject({ operationValues: Int32Array.from([1]), states: Uint8Array.from([0]), complete: true })
  })

  test('ends where the limit is, and says so', () => {
    const recorder = new HistoryRecorder(2)
    const open = new OpenOperations()
    for (const element of [1, 2, 3]) {
      recorder.append(open, 'k', element)
      recorder.ended(open, 0, 1, element)
    }
    expect(recorder.history()).toMatchObject({ operationValues: Int32Array.from([1, 2]), complete: false })
  })
})

describe('what is new since the last look', () => {
  const recorder = new HistoryRecorder(1000)
  const open = new OpenOperations()
  const transaction = (key: string, list: string, element: number) => {
    recorder.read(open, key, list)
    recorder.append(open, key, element)
    recorder.ended(open, 0, 3, element * 1e6)
  }

  test('has only those keys and elements that it needs, and says that it is not all', () => {
    transaction('a', '', 1)
    transaction('b', '', 2)
    transaction('b', '2', 3)
    expect(recorder.recent(100)).toMatchObject({ keys: ['a', 'b'], states: new Uint8Array(3), complete: false })
    transaction('b', '2,3', 4)
    recorder.read(open, 'b', '2,3,4,5')
    recorder.ended(open, 1, 3, 9e6)
    expect(recorder.recent(100)).toEqual({
      keys: ['b'],
      states: Uint8Array.from([0, 1]),
      clients: Int32Array.from([3, 3]),
      endedAt: Float64Array.from([4e6, 9e6]),
      firstOperation: Int32Array.from([0, 2, 3]),
      operationKeys: Int32Array.from([0, 0, 0]),
      operationChains: Int32Array.from([0, -1, 0]),
      operationValues: Int32Array.from([2, 4, 4]),
      chainKeys: Int32Array.from([0]),
      firstElement: Int32Array.from([0, 4]),
      chainElements: Int32Array.from([2, 3, 4, 5]),
      complete: false,
    })
    expect(recorder.recent(100).states).toHaveLength(0)
  })

  test('of more than is wanted is the newest, and takes nothing away from the whole', () => {
    transaction('c', '', 7)
    transaction('d', '', 8)
    expect(recorder.recent(1)).toMatchObject({ keys: ['d'], endedAt: Float64Array.from([8e6]) })
    expect(recorder.recent(1).states).toHaveLength(0)
    expect(recorder.history()).toMatchObject({ keys: ['a', 'b', 'c', 'd'], complete: true })
  })
})
