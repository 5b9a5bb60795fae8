import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { highestEquivalent, lowestEquivalent } from '#oltp/measure/histogram.js'
import { decodeHistogram } from '#oltp/measure/histogram-codec.js'
import { seriesColumns } from '#oltp/measure/series.js'
import { runReal } from '../../support/real-load.js'
import { engines } from '../../support/servers.js'
import { type Ground, openGround } from '../../support/sessions.js'

for (const engine of engines) {
  describe(engine.name, () => {
    let ground: Ground
    beforeAll(async () => {
      ground = await openGround(engine, 'open')
    })
    afterAll(() => ground.close())

    const sleep = (seconds: number) => (engine.name === 'postgres' ? `SELECT pg_sleep(${seconds})` : `SELECT SLEEP(${seconds})`)
    const scenario = (sql: string, phase: string) => `version: 1
name: inline
transactions:
  nap: { autocommit: true, steps: [{ sql: "${sql}" }] }
phases: [{ name: steady, ${phase} }]
`

    it('skips what is late before it is sent, and counts commits that became late, of a slow statement', async () => {
      const latencyLimitMs = 130
      const text = scenario(sleep(0.05), 'duration: 1s, clients: 1, rate: 100/s, arrivals: constant')
      const { phase } = await runReal(engine, ground, text, { latencyLimitMs })
      const { totals } = phase
      expect(totals).toMatchObject({ offered: 100, failed: 0, shed: 0 })
      // One client can answer twenty of the hundred; whoever of them waited for more than 80 ms ended late.
      expect(totals.skipped).toBeGreaterThan(50)
      expect(totals.started + totals.skipped).toBe(100)
      expect(totals.late).toBeGreaterThan(0)
      expect(totals.late).toBeLessThanOrEqual(totals.committed)
      const response = phase.transactions[0]?.histograms.response
      if (response === undefined) throw new Error('nothing was measured')
      const { counts } = decodeHistogram(response)
      const beyond = (edge: (bucket: number) => number) =>
        counts.reduce((sum, count, bucket) => sum + (edge(bucket) > latencyLimitMs * 1000 ? count : 0), 0)
      expect(totals.late).toBeGreaterThanOrEqual(beyond(lowestEquivalent))
      expect(totals.late).toBeLessThanOrEqual(beyond(highestEquivalent))
    })

    it.each([1, 3])('does not call a rate sustained that is far beyond what the clients can do (%s s)', async seconds => {
      const text = scenario(sleep(0.02), `duration: ${seconds}s, clients: 2, rate: 1000/s`)
      const { report, phase, ticks } = await runReal(engine, ground, text, { drainMs: 500 })
      const failed = report.validity.checks.filter(({ status }) => status === 'fail').map(({ id }) => id)
      expect(failed).toEqual(expect.arrayContaining(['rate_reached', 'shed']))
      // Where the tests themselves crowd the machine, that is graver, and true.
      expect(report.validity.status).toBe(failed.some(id => id.startsWith('host_')) ? 'INVALID' : 'UNSUSTAINED')
      expect(phase.totals.offered).toBe(phase.totals.started + phase.totals.shed)
      expect(Math.max(...ticks.map(({ backlog }) => backlog))).toBeGreaterThan(500 * seconds)
      expect(report.series.rows.map(row => row[seriesColumns.indexOf('backlog')])).toEqual(ticks.map(({ backlog }) => backlog))
    })

    it('says how the generator did', async () => {
      const { report } = await runReal(engine, ground, scenario('SELECT 1', 'duration: 2s, clients: 4, rate: 300/s'))
      const { generator } = report
      expect(generator.cpu_us_per_transaction).toBeGreaterThan(1)
      expect(generator.utilisation).toBeGreaterThan(0)
      expect(generator.utilisation).toBeLessThanOrEqual(1)
      expect(generator.gc_share).toBeGreaterThanOrEqual(0)
      expect(generator.lag_share).toBeGreaterThanOrEqual(0)
      expect(generator.lag_share).toBeLessThan(1)
      if (process.platform === 'linux') expect(generator.steal_share).not.toBeNull()
      expect(report.validity.checks.map(({ id }) => id)).toEqual(
        expect.arrayContaining([
          'generator_busy',
          'generator_lag',
          'generator_gc',
          ...(process.platform === 'linux' ? ['host_steal', 'host_contended'] : []),
        ]),
      )
    })
  })
}
