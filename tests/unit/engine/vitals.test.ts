import { describe, expect, it } from 'vitest'
import { watchGarbageCollection } from '#oltp/engine/gc-watch.js'
import { allocateVitals, Vitals } from '#oltp/engine/vitals.js'
import { turn } from '../../support/inline-load.js'

describe('the vital signs of a load thread', () => {
  it('are taken away by whoever reads them, through memory that both share', () => {
    const buffer = allocateVitals()
    const [worker, main] = [new Vitals(buffer), new Vitals(buffer)]
    for (const us of [300, 2000, 500]) worker.pausedFor(us)
    worker.spunFor(4)
    worker.spunFor(3)
    expect(main.take()).toEqual({ pauses_us: 2800, longestPause_us: 2000, spinning_us: 7 })
    worker.pausedFor(100)
    expect(main.take()).toEqual({ pauses_us: 100, longestPause_us: 100, spinning_us: 0 })
  })

  it('know of the pauses for garbage collection', async () => {
    const vitals = new Vitals(allocateVitals())
    watchGarbageCollection(vitals)
    let pauses = 0
    let kept: number[][] = []
    for (let round = 0; pauses === 0; round++) {
      kept = Array.from({ length: 2000 }, (_, index) => Array(100).fill(index + round))
      await turn()
      pauses = vitals.take().pauses_us
    }
    expect(kept).toHaveLength(2000)
    expect(pauses).toBeGreaterThan(0)
  })
})
