import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseScenario } from '#oltp/scenario/parse.js'
import { resolveScenario } from '#oltp/scenario/resolve.js'
import { checkInvariants, readInvariants } from '#oltp/verify/invariants.js'
import { runReal } from '../../support/real-load.js'
import { startRelay } from '../../support/relay.js'
import { engines } from '../../support/servers.js'
import { type Ground, openGround } from '../../support/sessions.js'

const [postgres] = engines.filter(({ name }) => name === 'postgres')
if (postgres === undefined) throw new Error('no server')

const scenarioText = readFileSync('scenarios/tpcb.yaml', 'utf8')
const textFor = (clients: number) =>
  scenarioText.replace(/^phases:\n( .*\n)+/m, `phases: [{ name: few, transactions: 50, clients: ${clients} }]\n`)

describe("pgbench's transaction, pipelined", () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround(postgres, 'pipeline')
    const migration = readFileSync('migrations/pgbench/postgres/0001_tables.up.sql', 'utf8')
    for (const statement of migration.split(';')) if (statement.includes('CREATE')) await ground.admin.query(statement)
    await ground.admin.query('INSERT INTO pgbench_branches VALUES (1, 0)')
    await ground.admin.query('INSERT INTO pgbench_tellers SELECT tid, 1, 0 FROM generate_series(1, 10) tid')
    await ground.admin.query('INSERT INTO pgbench_accounts SELECT aid, 1, 0 FROM generate_series(1, 100000) aid')
  })
  afterAll(() => ground.close())

  async function run(pipeline: boolean, clients: number) {
    const text = textFor(clients)
    const { invariants, parameters } = resolveScenario(parseScenario(text, 'tpcb.yaml', ''), { variant: null, set: {}, overrides: {} })
    const before = await readInvariants(ground.admin, invariants, 'postgres')
    const relay = await startRelay(ground.target.host, ground.target.port)
    const target = { ...ground.target, host: '127.0.0.1', port: relay.port }
    const { report, phase } = await runReal(postgres as (typeof engines)[number], ground, text, { pipeline, target })
    relay.close()
    const facts = { dialect: 'postgres', parameters, before, tallies: report.tallies } as const
    return { report, phase, turns: relay.turns(), checks: await checkInvariants(ground.admin, invariants, 'after', facts) }
  }

  it('keeps its invariants', async () => {
    const { report, phase, checks } = await run(true, 4)
    expect(report).toMatchObject({ broken: null, fatal: null })
    expect(phase.totals).toMatchObject({ committed: 200, failed: 0, ambiguous: 0 })
    expect(phase.statements.map(({ executions }) => executions).slice(0, 5)).toEqual([200, 200, 200, 200, 200])
    expect(checks.length).toBe(5)
    expect(checks.filter(({ held }) => !held)).toEqual([])
  })

  it('takes two round trips less: five, with BEGIN and COMMIT by themselves seven', async () => {
    const [together, apart] = [await run(true, 1), await run(false, 1)]
    expect([together.phase.totals.committed, apart.phase.totals.committed]).toEqual([50, 50])
    // What it takes to connect is the same.
    expect(apart.turns - together.turns).toBe(2 * 50)
  })
})
