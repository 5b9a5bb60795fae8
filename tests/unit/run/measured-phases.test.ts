import { expect, test } from 'vitest'
import { MeasuredPhases } from '#oltp/run/measured-phases.js'
import { phase } from '../../support/inline-load.js'

test('measured phases count from when they begin to when they end, as far as the load has come', () => {
  const phases = new MeasuredPhases([phase({ measure: false }), phase({}), phase({ measure: false }), phase({ durationMs: 2000 })])
  expect(phases.until(1e6)).toEqual([])
  phases.began(0, 0)
  phases.began(1, 3e6)
  expect(phases.until(4e6)).toEqual([{ from: 3e6, to: 4e6 }])
  phases.began(2, 5e6)
  phases.began(3, 6e6)
  expect(phases.until(7e6)).toEqual([
    { from: 3e6, to: 5e6 },
    { from: 6e6, to: 7e6 },
  ])
  expect(phases.until(99e6).at(-1)).toEqual({ from: 6e6, to: 8e6 })
})
