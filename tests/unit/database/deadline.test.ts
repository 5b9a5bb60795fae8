import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CallDeadline } from '#oltp/database/deadline.js'

describe('the limit of a session’s calls', () => {
  let passed: number[]
  let deadline: CallDeadline
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    passed = []
    deadline = new CallDeadline(() => passed.push(performance.now()))
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('ends a call that takes too long, to the millisecond', () => {
    deadline.begin(100)
    vi.advanceTimersByTime(99)
    expect(passed).toEqual([])
    vi.advanceTimersByTime(1)
    expect(passed).toEqual([100])
    vi.advanceTimersByTime(1_000)
    expect(passed).toEqual([100])
  })

  it('counts for every call anew, with one timer', () => {
    deadline.begin(100)
    vi.advanceTimersByTime(60)
    deadline.end()
    for (let call = 0; call < 50; call++) {
      deadline.begin(100)
      expect(vi.getTimerCount()).toBe(1)
      vi.advanceTimersByTime(10)
      deadline.end()
    }
    deadline.begin(100)
    vi.advanceTimersByTime(99)
    expect(passed).toEqual([])
    vi.advanceTimersByTime(1)
    expect(passed).toEqual([660])
  })

  it('keeps the limit of a call that has less time than the one before', () => {
    deadline.begin(1_000)
    deadline.end()
    deadline.begin(50)
    vi.advanceTimersByTime(50)
    expect(passed).toEqual([50])
  })

  it('rests when nobody calls, and after it is closed', () => {
    deadline.begin(100)
    deadline.end()
    vi.advanceTimersByTime(500)
    expect([passed, vi.getTimerCount()]).toEqual([[], 0])
    deadline.begin(100)
    deadline.close()
    expect([passed, vi.getTimerCount()]).toEqual([[], 0])
  })
})
