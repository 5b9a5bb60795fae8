import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { StatementLimit } from '#oltp/database/mysql/limit.js'

describe('the time limit of a statement', () => {
  const log: string[] = []
  let byServer = false
  let arrives: () => void = () => {}
  let fails: (error: Error) => void = () => {}
  beforeEach(() => {
    vi.useFakeTimers()
    log.length = 0
    byServer = false
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const make = () =>
    new StatementLimit(100, {
      byServer: () => byServer,
      cancel() {
        log.push('cancel')
        return new Promise((resolve, reject) => {
          arrives = resolve
          fails = reject
        })
      },
      giveUp: () => void log.push('give up'),
    })

  it('cancels when it has passed, and gives up 5 s later', () => {
    const limit = make()
    limit.begin(true)
    vi.advanceTimersByTime(99)
    expect(log).toEqual([])
    vi.advanceTimersByTime(1)
    expect([log, limit.cancelling]).toEqual([['cancel'], true])
    vi.advanceTimersByTime(4_999)
    expect(log).toEqual(['cancel'])
    vi.advanceTimersByTime(1)
    expect(log).toEqual(['cancel', 'give up'])
    vi.advanceTimersByTime(60_000)
    expect(log).toHaveLength(2)
  })

  it('leaves the server another second where that limits the statement itself', () => {
    byServer = true
    const limit = make()
    limit.begin(true)
    vi.advanceTimersByTime(1_099)
    expect(log).toEqual([])
    vi.advanceTimersByTime(1)
    expect(log).toEqual(['cancel'])
  })

  it('never cancels what must not be, and gives up 5 s after its time', () => {
    const limit = make()
    limit.begin(false)
    vi.advanceTimersByTime(5_099)
    expect(log).toEqual([])
    vi.advanceTimersByTime(1)
    expect(log).toEqual(['give up'])
  })

  it('gives up at once when the cancel itself fails', async () => {
    const limit = make()
    limit.begin(true)
    vi.advanceTimersByTime(100)
    fails(new Error('no route'))
    await vi.advanceTimersByTimeAsync(0)
    expect(log).toEqual(['cancel', 'give up'])
  })

  it('tells at the end whether a cancel may still arrive, for that call alone', async () => {
    const limit = make()
    limit.begin(true)
    vi.advanceTimersByTime(100)
    const cancelled = limit.end()
    expect(cancelled).not.toBeNull()
    arrives()
    await cancelled
    limit.begin(true)
    expect([limit.cancelling, limit.end()]).toEqual([false, null])
    vi.advanceTimersByTime(60_000)
    expect(log).toEqual(['cancel'])
  })

  it('counts each call from its own beginning, on one timer', () => {
    const limit = make()
    for (let call = 0; call < 10; call++) {
      limit.begin(true)
      expect(vi.getTimerCount()).toBe(1)
      vi.advanceTimersByTime(60)
      limit.end()
    }
    expect(log).toEqual([])
    limit.begin(true)
    vi.advanceTimersByTime(99)
    expect(log).toEqual([])
    vi.advanceTimersByTime(1)
    expect(log).toEqual(['cancel'])
  })
})
