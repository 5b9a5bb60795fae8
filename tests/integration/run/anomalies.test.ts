import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '#oltp/measure/result.js'
import { runBench } from '#oltp/run/bench.js'
import type { RunEvent } from '#oltp/run/events.js'
import { loadScenario } from '#oltp/run/load-scenario.js'
import { anomalyNames } from '#oltp/scenario/anomalies.js'
import type { Check, Isolation } from '#oltp/scenario/model.js'
import { resolveScenario } from '#oltp/scenario/resolve.js'
import { type Bench, openBench, ownNamespace } from '../../support/namespace.js'
import { engines } from '../../support/servers.js'

for (const engine of engines) {
  describe(engine.name, () => {
    let bench: Bench
    const namespace = ownNamespace('anomalies')
    beforeAll(async () => {
      bench = await openBench(engine.url)
    })
    afterAll(async () => {
      await bench.clean(namespace)
      await bench.close()
    })

    const run = async (isolation: Isolation, change: (check: Check) => Check = check => check, warmupMs = 0) => {
      const resolved = resolveScenario(await loadScenario('anomalies'), {
        variant: null,
        set: { counters: '2', shifts: '1' },
        overrides: { isolation, clients: 8, durationMs: 3000, warmupMs },
      })
      const plan = {
        target: bench.target,
        throwaway: false,
        namespace,
        confirm: null,
        fresh: false,
        threads: 2,
        protocol: 'prepared' as const,
      }
      const events: RunEvent[] = []
      const never = new AbortController().signal
      const result = await runBench(
        {
          ...plan,
          scenario: { ...resolved, checks: resolved.checks.map(change) },
          pipeline: true,
          latencyLimitMs: null,
          labels: {},
          argv: [],
          version: '0',
          ci: false,
        },
        event => events.push(event),
        { drain: never, now: never },
      )
      return { result, events }
    }

    it('serializable shows no anomaly at all', async () => {
      const { result, events } = await run('serializable')
      expect(result.broken).toBeNull()
      expect(result.checks.map(({ name, anomalies }) => ({ name, anomalies }))).toEqual(
        ['lists', 'counters', 'somebody is on call'].map(name => ({ name, anomalies: [] })),
      )
      expect(result.checks.every(({ held, complete, exact, transactions }) => held && complete && exact && transactions > 20)).toBe(true)
      expect(result.checks[0]?.level).toBe('serializable')
      const live = events.flatMap(event => (event.kind === 'anomalies' ? event.states : []))
      expect(live.length).toBeGreaterThan(3)
      expect(live.flatMap(({ kinds }) => kinds)).toEqual([])
    })

    it('read committed shows them, by name, and breaks no promise', async () => {
      const { result, events } = await run('read committed')
      expect(countOf(result, 'lost increment')).toBeGreaterThan(0)
      expect(countOf(result, 'write skew')).toBeGreaterThan(0)
      expect(countOf(result, 'G-single') + countOf(result, 'G2-item')).toBeGreaterThan(0)
      for (const dirty of ['G0', 'G1a', 'G1b', 'G1c', 'aborted write', 'garbage', 'duplicate element'])
        expect(countOf(result, dirty)).toBe(0)
      expect(result.checks.every(({ held }) => held)).toBe(true)
      expect(result.checks[0]?.level).toBe('read committed')
      expect(result.checks[0]?.anomalies[0]?.sentences.length).toBeGreaterThan(0)
      const counters = result.checks[1]
      expect(counters?.counters.reduce((sum, { lost }) => sum + lost, 0)).toBe(countOf(result, 'lost increment'))

      const states = events.flatMap(event => (event.kind === 'anomalies' ? [event.states] : []))
      expect(states.length).toBeGreaterThan(1)
      // All three kinds of checks tell while the load runs, by name, and no more than there is in the end.
      result.checks.forEach(({ anomalies }, check) => {
        const last = states.at(-2)?.[check]
        expect(last?.looked).toBe(true)
        expect(last?.kinds.length).toBeGreaterThan(0)
        const live = last?.kinds.reduce((sum, { count }) => sum + count, 0) ?? 0
        expect(live).toBeLessThanOrEqual(anomalies.reduce((sum, { count }) => sum + count, 0))
      })
    })

    it('rates are of what is measured, and the warm-up is told apart', async () => {
      const { checks } = (await run('read committed', check => check, 2000)).result
      for (const { measured_s, anomalies, kind } of checks) {
        // Counters are looked at once the phase has begun.
        expect(measured_s).toBeGreaterThan(kind === 'lost_updates' ? 1 : 2.9)
        expect(measured_s).toBeLessThan(3.1)
        const [all, measured] = [sum(anomalies.map(one => one.count)), sum(anomalies.map(one => one.measured ?? Number.NaN))]
        expect(measured).toBeGreaterThan(0)
        expect(measured).toBeLessThan(all)
        for (const one of anomalies) expect(one.per_minute).toBeCloseTo(((one.measured ?? Number.NaN) * 60) / measured_s, 6)
      }
    })

    it('what the scenario forbids breaks the run, whatever the level allows', async () => {
      const { result } = await run('read committed', check => ({ ...check, forbid: anomalyNames }))
      expect(result.checks.every(({ held }) => held)).toBe(false)
      expect(result.checks.flatMap(({ anomalies }) => anomalies).every(({ breaks }) => breaks)).toBe(true)
    })

    it('repeatable read shows fewer kinds, and some', async () => {
      const { result } = await run('repeatable read')
      const found = result.checks.flatMap(({ anomalies }) => anomalies.map(({ name }) => name))
      expect(found).not.toEqual([])
      // PostgreSQL's is snapshot isolation, MariaDB's is with `innodb_snapshot_isolation`; MySQL's loses updates.
      if (engine.name !== 'mysql') {
        expect(found.filter(name => name !== 'G2-item' && name !== 'write skew')).toEqual([])
        expect(['snapshot isolation', 'serializable']).toContain(result.checks[0]?.level)
      } else expect(countOf(result, 'lost increment')).toBeGreaterThan(0)
    })
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}

function countOf({ checks }: Result, anomaly: string): number {
  return checks
    .flatMap(({ anomalies }) => anomalies)
    .filter(({ name }) => name === anomaly)
    .reduce((sum, { count }) => sum + count, 0)
}
