import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import type { Result } from '#oltp/measure/result.js'
import { bundledScenarioNames, loadScenario } from '#oltp/run/load-scenario.js'
import { oltp } from '../support/oltp.js'
import { engines } from '../support/servers.js'

/** A mistake put into a shipped scenario, and the invariants that must break by it: these, and no others. */
interface Mistake {
  readonly scenario: string
  readonly what: string
  readonly from: string
  readonly to: string
  readonly breaks: readonly string[]
  readonly args?: readonly string[]
}

const deltaInHistory = 'VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP)'
const [smallTable, emptyAccounts] = [
  ['--set', 'rows=100'],
  ['--set', 'accounts=20', '--set', 'opening=0'],
]

const mistakes: readonly Mistake[] = [
  {
    scenario: 'hotspot',
    what: 'a hit that adds two',
    from: 'UPDATE counter SET hits = hits + 1',
    to: 'UPDATE counter SET hits = hits + 2',
    breaks: ['every hit is counted once'],
  },
  {
    scenario: 'hotspot',
    what: 'a sharded hit that adds two',
    from: 'UPDATE counter_shard SET hits = hits + 1',
    to: 'UPDATE counter_shard SET hits = hits + 2',
    breaks: ['every sharded hit is counted once'],
    args: ['--variant', 'sharded'],
  },
  {
    scenario: 'deadlock-storm',
    what: 'a credit of one more than was debited',
    from: 'balance = balance + :amount,',
    to: 'balance = balance + :amount + 1,',
    breaks: ['money is conserved'],
  },
  {
    scenario: 'deadlock-storm',
    what: 'a credit that is not counted as a change',
    from: 'balance = balance + :amount, version = version + 1',
    to: 'balance = balance + :amount',
    breaks: ['every transfer is applied once'],
  },
  {
    scenario: 'deadlock-storm',
    what: 'an ordered transfer whose halves are not opposite',
    from: 'high_change: 0 - low_change',
    to: 'high_change: 1 - low_change',
    breaks: ['money is conserved'],
    args: ['--variant', 'ordered'],
  },
  {
    scenario: 'point-select',
    what: 'a stray write',
    from: 'SELECT c FROM sbtest1 WHERE id = :id',
    to: 'UPDATE sbtest1 SET k = k + 1 WHERE id = :id',
    breaks: ['nothing was changed'],
    args: smallTable,
  },
  {
    scenario: 'read-write',
    what: 'a row that comes back twice',
    from: 'VALUES (:replaced, :k, :c, :pad)',
    to: 'VALUES (:replaced, :k, :c, :pad), (0 - :replaced, :k, :c, :pad)',
    breaks: ['every row that was deleted is back'],
    args: smallTable,
  },
  {
    scenario: 'tpcb',
    what: 'an account that gets one too many',
    from: 'abalance = abalance + :delta',
    to: 'abalance = abalance + :delta + 1',
    breaks: ['every delta is in one account'],
  },
  {
    scenario: 'tpcb',
    what: 'a teller that gets it twice',
    from: 'tbalance = tbalance + :delta',
    to: 'tbalance = tbalance + :delta + :delta',
    breaks: ['every delta is with one teller'],
  },
  {
    scenario: 'tpcb',
    what: 'a branch that never gets it',
    from: 'bbalance = bbalance + :delta',
    to: 'bbalance = bbalance + 0 * :delta',
    breaks: ['every delta is with one branch'],
  },
  {
    scenario: 'tpcb',
    what: 'a row of history with another delta',
    from: deltaInHistory,
    to: 'VALUES (:tid, :bid, :aid, :delta + 1, CURRENT_TIMESTAMP)',
    breaks: ['every delta is in the history'],
  },
  {
    scenario: 'tpcb',
    what: 'a second row of history, over nothing',
    from: deltaInHistory,
    to: `${deltaInHistory}, (:tid, :bid, :aid, 0, CURRENT_TIMESTAMP)`,
    breaks: ['every commit has one row of history'],
  },
  {
    scenario: 'tpcb',
    what: 'rows of history that are dropped again',
    from: `INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) ${deltaInHistory}`,
    to: 'DELETE FROM pgbench_history WHERE tid = :tid AND bid = :bid',
    breaks: ['every delta is in the history', 'every commit has one row of history'],
  },
  {
    scenario: 'transfers',
    what: 'a credit of one more than was debited',
    from: 'balance = balance + :amount,',
    to: 'balance = balance + :amount + 1,',
    breaks: ['money is conserved'],
  },
  {
    scenario: 'transfers',
    what: 'a debit computed one too low',
    from: 'remaining: balance - amount',
    to: 'remaining: balance - amount - 1',
    breaks: ['money is conserved'],
    args: ['--variant', 'optimistic'],
  },
  {
    scenario: 'transfers',
    what: 'a check that lets an empty account pay',
    from: '- rollback_if: balance < amount #',
    to: '- rollback_if: balance < amount - 1000000 #',
    breaks: ['no account is overdrawn'],
    args: emptyAccounts,
  },
  {
    scenario: 'transfers',
    what: 'an atomic check that lets an empty account pay',
    from: 'AND balance >= :amount',
    to: 'AND balance >= :amount - 1000000',
    breaks: ['no account is overdrawn'],
    args: [...emptyAccounts, '--variant', 'atomic'],
  },
]

const [engine] = engines
const env = { OLTP_URL: engine?.url ?? '', OLTP_NAMESPACE: 'oltp_e2e_negative' }
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oltp-negative-'))
})
afterAll(async () => {
  await oltp(['clean'], { env })
  rmSync(folder, { recursive: true })
})

describe('a mistake in a shipped scenario is noticed', () => {
  it.each(mistakes)('$scenario: $what', async ({ scenario, from, to, breaks, args = [] }) => {
    const file = join(folder, `${scenario}.yaml`)
    writeFileSync(file, replaced(shipped(scenario), from, to))
    const run = await oltp(['bench', file, '--warmup', '0', '-t', '20', '-c', '2', '--json', ...args], { env })
    expect(run.exitCode, run.stderr).toBe(exitCodes.broke)
    const { invariants, totals }: Result = JSON.parse(run.stdout)
    expect(invariants.flatMap(({ name, held }) => (held ? [] : [name]))).toEqual(breaks)
    expect(totals.outcomes.other).toBe(0)
  })
})

it('every invariant of every shipped scenario is broken by a mistake', async () => {
  const names = await bundledScenarioNames()
  const promised = await Promise.all(
    names.map(async name => (await loadScenario(name)).invariants.map(invariant => `${name}: ${invariant.name}`)),
  )
  const broken = mistakes.flatMap(({ scenario, breaks }) => breaks.map(name => `${scenario}: ${name}`))
  expect([...new Set(broken)].sort()).toEqual(promised.flat().sort())
})

function shipped(scenario: string): string {
  return readFileSync(fileURLToPath(new URL(`../../scenarios/${scenario}.yaml`, import.meta.url)), 'utf8')
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the scenario no longer says ${from}`)
  return text.replaceAll(from, to)
}
