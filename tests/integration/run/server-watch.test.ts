import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database, Session, Target } from '#oltp/database/contract.js'
import type { Result } from '#oltp/measure/result.js'
import { runBench } from '#oltp/run/bench.js'
import type { RunEvent } from '#oltp/run/events.js'
import { loadScenario } from '#oltp/run/load-scenario.js'
import { ServerWatch } from '#oltp/run/server-watch.js'
import { type Overrides, resolveScenario } from '#oltp/scenario/resolve.js'
import { startLocalServer } from '#oltp/server/local.js'
import { makeHome, serverEnvironment } from '../../support/local-server.js'
import { type Bench, openBench, ownNamespace } from '../../support/namespace.js'
import { startRelay } from '../../support/relay.js'
import { engines } from '../../support/servers.js'
import { until } from '../../support/sessions.js'

const scenarioOf = async (name: string, overrides: Overrides, set: Record<string, string> = {}) =>
  resolveScenario(await loadScenario(name), { variant: null, set, overrides })

async function run(
  bench: Bench,
  scenario: Awaited<ReturnType<typeof scenarioOf>>,
  listener: (event: RunEvent) => void = () => {},
  as: Partial<Target> = {},
): Promise<Result> {
  const never = new AbortController().signal
  const namespace = ownNamespace('watch')
  const plan = {
    scenario,
    target: { ...bench.target, ...as },
    throwaway: false,
    namespace,
    confirm: null,
    fresh: false,
    threads: 1,
    protocol: 'prepared' as const,
    pipeline: false,
    latencyLimitMs: null,
    labels: {},
    argv: [],
    version: '0',
    ci: false,
  }
  try {
    return await runBench(plan, listener, { drain: never, now: never })
  } finally {
    await bench.clean(namespace)
  }
}

const missingFor = {
  postgres: 'autovacuum_workers: GRANT pg_read_all_stats makes them visible',
  mysql:
    'deadlocks, history_list_length: GRANT PROCESS makes them visible; ' +
    'server time by statement: GRANT SELECT ON performance_schema.* makes it visible',
  mariadb: null,
}

const seen = (result: Result, code: string) => result.phases.reduce((sum, { totals }) => sum + (totals.errors[code] ?? 0), 0)

/** Where nobody else works: other tests on the same server would be counted too. */
async function alone(engine: (typeof engines)[number]): Promise<{ bench: Bench; close(): Promise<void> }> {
  if (engine.name !== 'postgres') {
    const server = await startLocalServer({ engine: engine.name, maxConnections: 40, env: serverEnvironment(makeHome()) })
    const { host, port, user, password } = server.target
    const bench = await openBench(`${engine.name}://${user}:${encodeURIComponent(password ?? '')}@${host}:${port}/`)
    const close = async () => {
      await bench.close()
      await server.stop()
    }
    return { bench, close }
  }
  const root = await openBench(engine.url)
  const name = ownNamespace('alone')
  await root.session.query(`CREATE DATABASE ${name}`)
  const url = new URL(engine.url)
  url.pathname = name
  const bench = await openBench(url.href)
  const close = async () => {
    await bench.close()
    await root.session.query(`DROP DATABASE ${name} WITH (FORCE)`)
    await root.close()
  }
  return { bench, close }
}

for (const engine of engines) {
  describe(`${engine.name}, alone`, () => {
    let bench: Bench
    let close: () => Promise<void>
    beforeAll(async () => {
      const own = await alone(engine)
      bench = own.bench
      close = own.close
    })
    afterAll(() => close())

    it('counts as many deadlocks as the clients were told of', async () => {
      const storm = await scenarioOf('deadlock-storm', { durationMs: 2500, clients: 8, warmupMs: 500 })
      const result = await run(bench, storm)
      const victims = seen(result, engine.name === 'postgres' ? '40P01' : '1213')
      expect(victims).toBeGreaterThan(10)
      expect(result.server.totals.deadlocks).toBe(victims)
      expect(result.series.events.filter(({ text }) => text === 'first deadlock on the server')).toHaveLength(1)
      // The extension is loaded but not there; what MySQL and MariaDB have, root may see.
      const hint = `server time by statement: CREATE EXTENSION pg_stat_statements in ${bench.target.database}, as a superuser, makes it visible`
      expect(result.server.missing).toBe(engine.name === 'postgres' ? hint : null)
      // A look a second, one before the load and one after it.
      const times = result.server.rows.map(row => row[0] ?? 0)
      expect(times.length).toBeGreaterThanOrEqual(3)
      expect(times).toEqual([...times].sort((a, b) => a - b))
      expect(result.server.columns).toEqual(expect.arrayContaining(['t_s', 'deadlocks', 'lock_waiting', 'wal_bytes', 'buffer_requests']))
      expect(result.server.totals.wal_bytes).toBeGreaterThan(0)
    })

    it('a load without deadlocks has none', async () => {
      const result = await run(bench, await scenarioOf('tpcb', { transactions: 20, clients: 2, warmupMs: 0 }))
      expect(result.server.totals.deadlocks).toBe(0)
      expect(result.series.events.map(({ text }) => text)).not.toContain('first deadlock on the server')
    })

    it('counts every statement that the clients sent, and takes less time for it than they waited', async () => {
      if (engine.name === 'postgres') {
        await bench.session.query('CREATE EXTENSION pg_stat_statements SCHEMA public')
        await bench.session.query(`ALTER DATABASE ${bench.target.database} SET pg_stat_statements.track = 'top'`)
      }
      const result = await run(bench, await scenarioOf('tpcb', { transactions: 100, clients: 2, warmupMs: 0 }))
      const ran = result.statements.filter(({ executions }) => executions > 0)
      expect(ran).toHaveLength(5)
      for (const { name, executions, latency, server } of ran) {
        if (engine.name === 'mariadb') {
          expect(server).toBeNull()
          continue
        }
        // MySQL adds up without locking.
        const lost = engine.name === 'mysql' ? 2 : 0
        expect(server?.calls, name).toBeLessThanOrEqual(executions)
        expect(server?.calls, name).toBeGreaterThanOrEqual(executions - lost)
        expect(server?.mean_us, name).toBeGreaterThan(0)
        expect(server?.mean_us, name).toBeLessThan(latency.mean_us ?? 0)
      }
      expect(result.statements.filter(({ executions, server }) => executions === 0 && server !== null)).toEqual([])
      expect(result.server.missing).toBeNull()
    })

    it('runs as a role that may see little, and says what would show the rest', async () => {
      const user = ownNamespace('poor')
      const setUp =
        engine.name === 'postgres'
          ? [`CREATE ROLE ${user} LOGIN PASSWORD 'poor'`, `GRANT CREATE ON DATABASE ${bench.target.database} TO ${user}`]
          : [`CREATE USER ${user} IDENTIFIED BY 'poor'`, `GRANT ALL ON \`t\\_watch%\`.* TO ${user}`]
      for (const statement of setUp) await bench.session.query(statement)
      const scenario = await scenarioOf('tpcb', { transactions: 20, clients: 2, warmupMs: 0 })
      const { server, statements, totals } = await run(bench, scenario, () => {}, { user, password: 'poor' })
      for (const statement of engine.name === 'postgres' ? [`DROP OWNED BY ${user}`, `DROP ROLE ${user}`] : [`DROP USER ${user}`])
        await bench.session.query(statement)

      expect(totals.committed).toBe(40)
      expect(server.missing).toBe(missingFor[engine.name])
      expect(server.totals.wal_bytes).toBeGreaterThan(0)
      const column = server.columns.indexOf(engine.name === 'postgres' ? 'autovacuum_workers' : 'history_list_length')
      expect(column).toBeGreaterThan(0)
      expect(server.rows.every(row => (engine.name === 'mariadb' ? row[column] !== null : row[column] === null))).toBe(true)
      // PostgreSQL shows everybody their own statements.
      const known = statements.filter(one => one.server !== null).length
      expect(known).toBe(engine.name === 'postgres' ? 5 : 0)
    })

    it('tells the listener of it once a second, and of no row twice', async () => {
      const times: number[] = []
      const look = (event: RunEvent) => {
        if (event.kind === 'server') times.push(event.row.t_s)
      }
      await run(bench, await scenarioOf('deadlock-storm', { durationMs: 2500, clients: 2, warmupMs: 0 }), look)
      expect(times.length).toBeGreaterThanOrEqual(2)
      expect(new Set(times).size).toBe(times.length)
    })
  })

  describe(engine.name, () => {
    let bench: Bench
    beforeAll(async () => {
      bench = await openBench(engine.url)
    })
    afterAll(() => bench.close())

    const namespace = engine.name === 'postgres' ? 'public' : 'mysql'
    const watchOf = async (database: Database, listener: (event: RunEvent) => void = () => {}, port = bench.target.port) =>
      ServerWatch.open(
        { scenario: await scenarioOf('tpcb', {}), target: { ...bench.target, port }, namespace },
        database,
        bench.serverInfo,
        listener,
      )

    it('notices figures that do not fit their columns, instead of passing them on', async () => {
      const wrong: Database = {
        ...bench.database,
        monitor: info => ({
          ...bench.database.monitor(info),
          sample: async () => ({ values: [1, 2, 3], events: [], missing: [] }),
        }),
      }
      const watch = await watchOf(wrong)
      watch.begin(Date.now())
      const { server } = await watch.finish()
      expect(server).toMatchObject({ rows: [], totals: {}, missing: expect.stringContaining('does not fit') })
    })

    it('replaces its session when that is lost', async () => {
      const sessions: Session[] = []
      const recording: Database = {
        ...bench.database,
        async connect(...args) {
          const session = await bench.database.connect(...args)
          sessions.push(session)
          return session
        },
      }
      let rows = 0
      const notices: string[] = []
      const watch = await watchOf(recording, event => {
        if (event.kind === 'server') rows++
        if (event.kind === 'notice') notices.push(event.text)
      })
      watch.begin(Date.now())
      sessions[0]?.destroy()
      await until(() => rows >= 2)
      expect(sessions).toHaveLength(2)
      const { server } = await watch.finish()
      expect(server.rows.length).toBeGreaterThanOrEqual(3)
      expect(sessions.every(({ alive }) => !alive)).toBe(true)
    })

    it('leaves a gap where the server does not answer, and ends in time', async () => {
      const relay = await startRelay('127.0.0.1', bench.target.port)
      try {
        const watch = await watchOf(bench.database, () => {}, relay.port)
        watch.begin(Date.now())
        relay.freeze()
        const { server } = await watch.finish()
        expect(server).toMatchObject({ rows: [], missing: expect.stringContaining('could not be watched') })
      } finally {
        relay.close()
      }
    })
  })
}

const postgres = engines.find(({ name }) => name === 'postgres')

describe('a checkpoint during a load', () => {
  it('is on the time line and in the totals', async () => {
    const bench = await openBench(postgres?.url ?? '')
    const asking = new Set<Promise<unknown>>()
    const result = await run(bench, await scenarioOf('deadlock-storm', { durationMs: 3500, clients: 4, warmupMs: 0 }), event => {
      if (event.kind === 'server' && asking.size === 0) asking.add(bench.session.query('CHECKPOINT'))
    })
    await Promise.all(asking)
    await bench.close()
    expect(result.series.events.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^(requested|timed) checkpoint|^checkpoint fin/),
    )
    expect(result.server.totals.checkpoints_requested).toBeGreaterThan(0)
  })
})
