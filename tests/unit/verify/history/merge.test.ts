import { expect, test } from 'vitest'
import { HistoryRecorder, OpenOperations } from '#oltp/measure/history-recorder.js'
import { checkHistory } from '#oltp/verify/history/check.js'
import { mergeHistories } from '#oltp/verify/history/merge.js'

test('histories of several threads become one, in the order in which transactions ended', () => {
  const [one, two] = [new HistoryRecorder(10), new HistoryRecorder(10)]
  const open = new OpenOperations()
  one.append(open, 'b', 1)
  one.ended(open, 0, 1, 3e6)
  one.read(open, 'a', '5')
  one.ended(open, 1, 1, 1e6)
  two.append(open, 'a', 5)
  two.read(open, 'b', '1,2')
  two.ended(open, 0, 2, 2e6)
  const merged = mergeHistories([one.history(), two.history()])
  expect(merged).toMatchObject({
    keys: ['b', 'a'],
    states: Uint8Array.from([1, 0, 0]),
    clients: Int32Array.from([1, 2, 1]),
    endedAt: Float64Array.from([1e6, 2e6, 3e6]),
    origins: Int32Array.from([0, 1, 0]),
    firstOperation: Int32Array.from([0, 1, 3, 4]),
    operationKeys: Int32Array.from([1, 1, 0, 0]),
    operationValues: Int32Array.from([1, 5, 2, 1]),
    complete: true,
  })
  const chains = [...merged.operationChains].map(chain =>
    chain === -1 ? null : [...merged.chainElements.slice(merged.firstElement[chain], merged.firstElement[chain + 1])],
  )
  expect(chains).toEqual([[5], null, [1, 2], null])
})

test('no history at all is a clean one', () => {
  expect(checkHistory([], null)).toMatchObject({ anomalies: [], level: 'serializable', operations: 0, measured_s: 0 })
})
