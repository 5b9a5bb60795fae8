import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '#oltp/measure/result.js'
import { runBench } from '#oltp/run/bench.js'
import { loadScenario } from '#oltp/run/load-scenario.js'
import { type Overrides, resolveScenario } from '#oltp/scenario/resolve.js'
import { type Bench, openBench, ownNamespace } from '../../support/namespace.js'
import { engines } from '../../support/servers.js'

const fixtures = fileURLToPath(new URL('../../fixtures/scenarios/', import.meta.url))

/** Each is broken by its variant `broken`, and these invariants must notice. */
const noticedBy = {
  'new-order': ['stock was taken where the lines say'],
  'write-check': ["the bank's books balance"],
  'job-queue': ['no job is done twice', 'every finished job is done'],
  'optimistic-update': ['every edit is a version', 'no word is lost'],
  'nested-transaction': ['every article is there'],
}

for (const engine of engines) {
  describe(engine.name, () => {
    let bench: Bench
    beforeAll(async () => {
      bench = await openBench(engine.url)
    })
    afterAll(() => bench.close())

    const run = async (
      fixture: string,
      variant: string | null,
      namespace: string,
      overrides: Overrides = { durationMs: 1500 },
    ): Promise<Result> => {
      const scenario = resolveScenario(await loadScenario(`${fixtures}${fixture}.yaml`), {
        variant,
        set: {},
        overrides,
      })
      const plan = {
        scenario,
        target: bench.target,
        throwaway: false,
        namespace,
        confirm: null,
        fresh: false,
        threads: 1,
        protocol: 'prepared' as const,
        pipeline: false,
      }
      const never = new AbortController().signal
      return runBench({ ...plan, latencyLimitMs: null, labels: {}, argv: [], version: '0', ci: false }, () => {}, {
        drain: never,
        now: never,
      })
    }
    const broken = (result: Result) => result.invariants.filter(invariant => !invariant.held).map(invariant => invariant.name)

    for (const [fixture, invariants] of Object.entries(noticedBy)) {
      it(`${fixture} holds, and its invariants notice when it is broken`, async () => {
        const namespace = ownNamespace('fixture')
        try {
          const good = await run(fixture, null, namespace)
          expect(good.broken).toBeNull()
          expect(good.invariants.map(({ name, held, found, expected }) => (held ? name : `${name}: ${found}, not ${expected}`))).toEqual(
            good.invariants.map(({ name }) => name),
          )
          expect(good.totals.committed).toBeGreaterThan(20)
          expect(good.totals.failed).toBe(0)
          if (fixture === 'nested-transaction') expect(Number(good.tallies.articles)).toBeGreaterThan(Number(good.tallies.tags))
          if (fixture === 'optimistic-update') expect(good.totals.outcomes.conflict).toBeGreaterThan(0)

          const bad = await run(fixture, 'broken', namespace)
          expect(broken(bad)).toEqual(expect.arrayContaining(invariants))
        } finally {
          await bench.clean(namespace)
        }
      })
    }

    it('New-Order holds when every line comes from another warehouse', async () => {
      const namespace = ownNamespace('far')
      try {
        const { broken: why, invariants, totals } = await run('new-order', 'far', namespace)
        expect(why).toBeNull()
        expect(invariants.filter(({ held }) => !held)).toEqual([])
        expect(totals.committed).toBeGreaterThan(20)
        expect(totals.failed).toBe(0)
        const looking = await bench.open(namespace)
        const [counts] = (await looking.query('SELECT SUM(s_remote_cnt), SUM(s_order_cnt) FROM stock')).rows
        expect(Number(counts?.[0])).toBeGreaterThan(0)
        expect(Number(counts?.[0])).toBe(Number(counts?.[1]))
        const local = await looking.query('SELECT COUNT(*) FROM order_line WHERE ol_supply_w_id = ol_w_id')
        expect(Number(local.rows[0]?.[0])).toBe(0)
        await looking.end()
      } finally {
        await bench.clean(namespace)
      }
    })

    it('one New-Order in a hundred rolls back and leaves nothing', async () => {
      const namespace = ownNamespace('rollback')
      try {
        // So many draws hold one that rolls back, and they are the same every time.
        const { totals, transactions } = await run('new-order', null, namespace, { transactions: 100 })
        const finished = totals.committed + totals.rolled_back
        expect(totals.rolled_back).toBeGreaterThan(0)
        // Binomial: the chance to be outside is below one in a million at any number of orders.
        const spread = 5 * Math.sqrt(finished * 0.01 * 0.99) + 5
        expect(Math.abs(totals.rolled_back - finished * 0.01)).toBeLessThan(spread)
        expect(transactions).toHaveLength(1)
      } finally {
        await bench.clean(namespace)
      }
    })
  })
}
