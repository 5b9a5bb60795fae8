import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backoffMs } from '#oltp/engine/backoff.js'

const policy = { initialMs: 2, factor: 2, maxMs: 100, jitter: 'full' } as const

it('full jitter stays between nothing and the ceiling, which doubles up to its maximum', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (retry, fraction) => {
      const ms = backoffMs(policy, retry, fraction)
      expect(ms).toBeGreaterThanOrEqual(0)
      expect(ms).toBeLessThan(Math.min(100, 2 * 2 ** (retry - 1)) + 1e-9)
    }),
  )
  expect([1, 2, 3, 10].map(retry => backoffMs(policy, retry, 0.5))).toEqual([1, 2, 4, 50])
})

it('without jitter it is the ceiling itself', () => {
  expect([1, 2, 10].map(retry => backoffMs({ ...policy, jitter: 'none' }, retry, 0.1))).toEqual([2, 4, 100])
})
