import { describe, expect, it } from 'vitest'
import { createEarlyWarning } from '#oltp/engine/early-warning.js'
import type { GeneratorTick, Tick } from '#oltp/measure/tick.js'
import { phase } from '../../support/inline-load.js'
import { quietGenerator } from '../../support/quiet-generator.js'

const second = (generator: Partial<GeneratorTick>, backlog = 0, index = 0): Tick => ({
  t_s: 1,
  interval_s: 1,
  phase: index,
  clients: 1,
  inTransaction: 0,
  backingOff: 0,
  backlog,
  offered: 0,
  transactions: [],
  statements: [],
  errors: [],
  generator: { ...quietGenerator, ...generator },
})

const host = (more: Partial<GeneratorTick['host']>) => ({ host: { ...quietGenerator.host, ...more } })
const open = { rate: { from: 100, to: 100 } }

function said(phases: Parameters<typeof createEarlyWarning>[0], ...ticks: Tick[]): string[] {
  const texts: string[] = []
  const look = createEarlyWarning(phases, text => texts.push(text))
  for (const tick of ticks) look(tick)
  return texts
}

describe('while a load runs', () => {
  it.each([
    ['arrivals pile up', second({}, 100), /^100 arrivals wait for a client/],
    ['an arrival is late', second({ lag_max_us: 123_456 }), /let go 123 ms late/],
    ['garbage is collected for long', second({ gc_max_ms: 62.4 }), /stood still for 62 ms/],
    ['the host is generous to others', second(host({ steal: { part: 12, whole: 100 } })), /gives 12 %/],
    ['a limit stops us', second(host({ throttled: { part: 1, whole: 10 } })), /cgroup/],
  ])('it is said, once, that %s', (_, tick, text) => {
    expect(said([phase(open)], tick, tick)).toEqual([expect.stringMatching(text)])
  })

  it('nothing is said of what is usual', () => {
    const usual = { lag_max_us: 20_000, gc_max_ms: 8, ...host({ steal: { part: 5, whole: 100 }, throttled: { part: 0, whole: 10 } }) }
    expect(said([phase(open)], second(usual, 99))).toEqual([])
    expect(said([phase({ rate: { from: 2, to: 2 } })], second({}, 9)), 'nine is no pile').toEqual([])
  })

  it('nothing is said of a phase that is not measured, nor of arrivals in a closed loop', () => {
    const bad = second({ lag_max_us: 1e6, gc_max_ms: 100 }, 1e6)
    expect(said([phase({ ...open, measure: false })], bad)).toEqual([])
    expect(said([phase({})], bad)).toEqual([expect.stringMatching(/garbage/)])
  })
})
