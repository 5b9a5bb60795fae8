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
