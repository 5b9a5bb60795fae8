import { describe, expect, test } from 'vitest'
import { CounterMarks } from '#oltp/run/counter-marks.js'
import { phase } from '../../support/inline-load.js'

const unmeasured = phase({ name: 'warmup', measure: false })

describe('what counters lost while the load was measured', () => {
  test('is everything where there was nothing else', () => {
    const marks = new CounterMarks([phase({}), phase({})])
    expect([marks.needsMark(0), marks.needsMark(1)]).toEqual([true, false])
    marks.mark(0, 0, 0)
    expect(marks.until(10e6, 40)).toEqual({ lost: 40, seconds: 10 })
  })

  test('is what was lost since the warm-up, in the time since it was looked', () => {
    const marks = new CounterMarks([unmeasured, phase({})])
    expect([marks.needsMark(0), marks.needsMark(1)]).toEqual([false, true])
    expect(marks.until(1e6, 7)).toEqual({ lost: 0, seconds: 0 })
    marks.mark(1, 2.5e6, 30)
    expect(marks.until(12e6, 100)).toEqual({ lost: 70, seconds: 9.5 })
  })

  test('leaves out what was lost in between', () => {
    const marks = new CounterMarks([phase({}), unmeasured, phase({})])
    marks.mark(0, 0, 0)
    marks.mark(1, 3e6, 10)
    marks.mark(2, 5e6, 25)
    expect(marks.until(9e6, 26)).toEqual({ lost: 11, seconds: 7 })
  })

  test('is not known where nobody could look', () => {
    const marks = new CounterMarks([unmeasured, phase({})])
    marks.mark(1, 2e6, null)
    expect(marks.until(9e6, 26)).toBeNull()
  })
})
