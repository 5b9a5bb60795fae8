import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Session } from '#oltp/database/contract.js'
import { mergeHistograms, quantile } from '#oltp/measure/histogram.js'
import { decodeHistogram } from '#oltp/measure/histogram-codec.js'
import { seriesColumns } from '#oltp/measure/series.js'
import { runReal, startReal } from '../../support/real-load.js'
import { engines } from '../../support/servers.js'
import { type Ground, kill, openGround, until, untilBlocked } from '../../support/sessions.js'

const head = 'version: 1\nname: inline\n'
const money = (more = '') => `${head}
transactions:
  transfer:
    let: { source: "uniform(1, 10)", target: "uniform_except(1, 10, source)", amount: "uniform(1, 5)" }
    tally: { moved: amount }
    steps:
      - { sql: "UPDATE account SET balance = balance - :amount WHERE id = :source", expect: { rows: 1 } }
      - { sql: "UPDATE account SET balance = balance + :amount WHERE id = :target", expect: { rows: 1 } }
      - sql: INSERT INTO journal (amount) VALUES (:amount)
${more}`

for (const engine of engines) {
  describe(engine.name, () => {
    let ground: Ground
    beforeAll(async () => {
      ground = await openGround(engine, 'load')
      await ground.admin.query('CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL)')
      await ground.admin.query('CREATE TABLE journal (amount bigint NOT NULL)')
    })
    beforeEach(async () => {
      await ground.admin.query('DELETE FROM account')
      await ground.admin.query('DELETE FROM journal')
      await ground.admin.query(`INSERT INTO account VALUES ${Array.from({ length: 10 }, (_, id) => `(${id + 1}, 1000)`).join()}`)
    })
    afterAll(() => ground.close())

    const one = async (text: string) => Number((await ground.admin.query(text)).rows[0]?.[0])

    it('counts exactly what the server committed, over two threads', async () => {
      const { report, phase, ticks, phasesSeen } = await runReal(
        engine,
        ground,
        money(`defaults: { retry: { max_attempts: 100 } }
phases:
  - { name: warmup, duration: 500ms, clients: 2, measure: false }
  - { name: steady, duration: 1500ms, clients: 6 }
`),
        { threads: 2 },
      )
      expect(report).toMatchObject({ broken: null, fatal: null, interrupted: 'no', headline: 1 })
      const committed = report.phases.reduce((sum, { totals }) => sum + totals.committed, 0)
      expect(committed).toBeGreaterThan(10)
      expect(await one('SELECT COUNT(*) FROM journal')).toBe(committed)
      expect(await one('SELECT SUM(balance) FROM account')).toBe(10_000)
      const moved = await one('SELECT SUM(amount) FROM journal')
      expect(report.tallies.get('moved')).toEqual({ value: moved, low: moved, high: moved })

      expect(phasesSeen).toEqual([0, 1])
      expect(phase).toMatchObject({
        name: 'steady',
        measured: true,
        complete: true,
        duration_s: 1.5,
        start_s: 0.5,
        latency: { kind: 'service' },
      })
      expect(ticks.flatMap(tick => tick.transactions.map(({ committed: count }) => count)).reduce((a, b) => a + b, 0)).toBe(committed)
      expect(report.series.rows.every(row => row.length === seriesColumns.length)).toBe(true)
      for (const { totals } of report.phases) {
        expect(totals.started).toBe(totals.committed + totals.rolled_back + totals.failed + totals.cancelled)
        expect(totals.attempts).toBe(totals.started + totals.retries)
      }
      const merged = mergeHistograms(
        phase.transactions.flatMap(({ histograms }) => (histograms.service ? [decodeHistogram(histograms.service)] : [])),
      )
      expect(quantile(merged, 0.95)).toBe(phase.latency.p95_us)
      expect(phase.statements.map(({ executions }) => executions >= phase.totals.committed)).toEqual([true, true, true])
    })

    it('retries conflicts with the values of the first try', async () => {
      const { phase } = await runReal(
        engine,
        ground,
        `${head}
defaults: { retry: { max_attempts: 1000, backoff: { initial: 1ms, max: 5ms } } }
transactions:
  once:
    let: { number: "sequence('once')" }
    steps:
      - { sql: "SELECT COUNT(*) AS seen FROM journal", save: [seen] }
      - { sql: "UPDATE account SET balance = balance + 1 WHERE id = 1" }
      - retry_if: seen < 0
      - sql: INSERT INTO journal (amount) VALUES (:number)
    isolation: serializable
phases: [{ name: all, transactions: 20, clients: 5 }]
`,
      )
      expect(phase.totals).toMatchObject({ committed: 100, failed: 0 })
      expect(phase.totals.retries).toBeGreaterThan(0)
      expect(phase.totals.outcomes.serialization + phase.totals.outcomes.deadlock).toBe(phase.totals.retries)
      // A retry that drew a number of its own would leave a hole.
      expect(await one('SELECT COUNT(DISTINCT amount) FROM journal')).toBe(100)
      expect(await one('SELECT MAX(amount) - MIN(amount) FROM journal')).toBe(99)
      expect(await one('SELECT balance FROM account WHERE id = 1')).toBe(1100)
      expect(phase.wasted.retried.count).toBe(phase.totals.retried)
      expect(phase.wasted.failed_attempts_us).toBeGreaterThan(0)
    })

    it('survives sessions that are killed, and loses or doubles nothing that it knows of', async () => {
      const blocker = await ground.open()
      await blocker.begin({ isolation: null, readOnly: false })
      await blocker.query('UPDATE account SET balance = balance')
      const target = { ...ground.target, applicationName: ground.namespace }
      const { load } = startReal(engine, ground, money('phases: [{ name: long, duration: 60s, clients: 3 }]\n'), { target })
      await load.ready
      const victims = await sessionsOfLoad(blocker)
      expect(victims).toHaveLength(3)
      for (const id of victims) {
        const victim = { ...ground.admin, id }
        await untilBlocked(ground, victim)
        await kill(ground, victim)
      }
      await until(async () => (await sessionsOfLoad(blocker)).every(id => !victims.includes(id)))
      await blocker.rollback()
      await until(async () => (await one('SELECT COUNT(*) FROM journal')) > 20)
      load.drain()
      const report = await load.finished
      const totals = report.phases[0]?.totals
      expect(report).toMatchObject({ broken: null, fatal: null, interrupted: 'drained' })
      expect(totals).toMatchObject({ failed: 0, ambiguous: 0, outcomes: { connection: 3 } })
      expect(totals?.retries).toBeGreaterThanOrEqual(3)
      expect(await one('SELECT SUM(balance) FROM account')).toBe(10_000)
      expect(await one('SELECT COUNT(*) FROM journal')).toBe(totals?.committed)
      const moved = await one('SELECT SUM(amount) FROM journal')
      expect(report.tallies.get('moved')).toEqual({ value: moved, low: moved, high: moved })
    })

    async function sessionsOfLoad(blocker: Session): Promise<number[]> {
      const text =
        engine.name === 'postgres'
          ? `SELECT pid FROM pg_stat_activity WHERE application_name = '${ground.namespace}'`
          : `SELECT id FROM information_schema.processlist WHERE db = '${ground.namespace}' AND id NOT IN (CONNECTION_ID(), ${blocker.id})`
      return (await ground.admin.query(text)).rows.map(([id]) => Number(id))
    }

    it('drains on demand, and stops at once on another', async () => {
      const drained = startReal(engine, ground, money('phases: [{ name: long, duration: 60s, clients: 3 }]\n'))
      await drained.load.ready
      await until(async () => (await one('SELECT COUNT(*) FROM journal')) > 5)
      const live = await drained.load.tallies()
      drained.load.drain()
      const report = await drained.load.finished
      const [phase] = report.phases
      expect(phase).toMatchObject({ complete: false, totals: { failed: 0, cancelled: 0 } })
      expect(await one('SELECT COUNT(*) FROM journal')).toBe(phase?.totals.committed)
      expect(report.validity).toMatchObject({ status: 'SUSPECT' })
      expect(Number(live.get('moved')?.increases)).toBeLessThanOrEqual(Number(report.tallies.get('moved')?.value))

      const blocker = await ground.open()
      await blocker.begin({ isolation: null, readOnly: false })
      await blocker.query('UPDATE account SET balance = balance')
      const stopped = startReal(engine, ground, money('phases: [{ name: long, duration: 60s, clients: 3 }]\n'))
      await stopped.load.ready
      await until(() => stopped.ticks.some(tick => tick.inTransaction === 3), 50)
      stopped.load.drain()
      stopped.load.stop()
      const cut = await stopped.load.finished
      await blocker.rollback()
      expect(cut).toMatchObject({ interrupted: 'stopped' })
      expect(cut.phases[0]?.totals).toMatchObject({ started: 3, cancelled: 3, committed: 0, failed: 0, ambiguous: 0 })
    })

    it('measures an open loop from when transactions were due', async () => {
      const { phase, report } = await runReal(
        engine,
        ground,
        `${head}
transactions:
  look: { autocommit: true, let: { id: "uniform(1, 10)" }, steps: [{ sql: "SELECT balance FROM account WHERE id = :id", save: [balance] }] }
phases: [{ name: steady, duration: 1s, clients: 4, rate: 200/s, arrivals: constant }]
`,
      )
      expect(phase).toMatchObject({
        rate_per_s: { from: 200, to: 200 },
        latency: { kind: 'response', count: 200 },
        totals: { offered: 200, committed: 200, shed: 0 },
      })
      const of = phase.transactions[0]?.histograms
      expect(of?.response?.sum).toBe((of?.lag?.sum ?? 0) + (of?.queue?.sum ?? 0) + (of?.service?.sum ?? 0))
      expect(report.validity.checks.map(({ id }) => id)).toContain('generator_lag')
    })

    it('stops at a statement that can never work, and names it', async () => {
      const { report } = await runReal(
        engine,
        ground,
        `${head}
transactions:
  look: { steps: [{ id: typo, sql: SELECT balanse FROM account }] }
phases: [{ name: long, duration: 60s, clients: 4 }]
`,
      )
      expect(report.broken).toMatchObject({ kind: 'statement', transaction: 'look', message: expect.stringMatching(/look\/typo.*balanse/) })
    })

    it('stops at a promise that does not hold', async () => {
      const { report } = await runReal(
        engine,
        ground,
        `${head}
transactions:
  pay: { steps: [{ sql: UPDATE account SET balance = 0 WHERE id = 99, expect: { rows: 1 } }] }
phases: [{ name: long, duration: 60s, clients: 4 }]
`,
      )
      expect(report.broken).toMatchObject({ kind: 'promise', transaction: 'pay', message: expect.stringMatching(/1.*0/) })
    })

    it('counts a time-out as a failure and goes on', async () => {
      const sleep = engine.name === 'postgres' ? 'SELECT pg_sleep(5)' : 'SELECT SLEEP(5) FROM account'
      const { report, phase } = await runReal(
        engine,
        ground,
        `${head}
defaults: { statement_timeout: 100ms }
transactions:
  slow: { steps: [{ sql: ${sleep} }] }
phases: [{ name: two, transactions: 2, clients: 2 }]
`,
      )
      expect(report.broken).toBeNull()
      expect(phase.totals).toMatchObject({ started: 4, failed: 4, retries: 0, outcomes: { statement_timeout: 4 } })
    })

    it('can be stopped before it begins', async () => {
      const { load } = startReal(engine, ground, money('phases: [{ name: long, duration: 60s, clients: 3 }]\n'))
      load.stop()
      await load.ready
      expect(await load.finished).toMatchObject({ phases: [], headline: -1, interrupted: 'stopped', validity: { status: 'INVALID' } })
      expect((await load.tallies()).get('moved')).toMatchObject({ increases: '0' })
    })

    it('says at once when it cannot connect', async () => {
      const { load } = startReal(engine, ground, money(), { target: { ...ground.target, password: 'wrong' } })
      await expect(load.ready).rejects.toMatchObject({ name: 'DatabaseError', fatal: true, stage: 'connect' })
      await expect(load.finished).rejects.toMatchObject({ name: 'DatabaseError' })
    })
  })
}
