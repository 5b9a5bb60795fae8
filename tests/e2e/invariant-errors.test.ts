import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import { oltp } from '../support/oltp.js'
import { engines } from '../support/servers.js'

const folder = mkdtempSync(join(tmpdir(), 'oltp-invariants-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const scenario = (sql: string) => `version: 1
name: asking
title: An invariant of the test's
transactions:
  one:
    autocommit: true
    steps:
      - sql: SELECT 1 AS one
phases:
  - { name: steady, transactions: 5, clients: 1 }
invariants:
  - name: the answer
    sql: ${sql}
    equals: 42
`

describe.each(engines.map(({ name, url }) => ({ name, url })))('an invariant on $name', ({ name, url }) => {
  const env = { OLTP_URL: url, OLTP_NAMESPACE: 'oltp_e2e_invariants' }
  const bench = async (sql: string) => {
    const file = join(folder, `${name}.yaml`)
    writeFileSync(file, scenario(sql))
    return oltp(['bench', file], { env })
  }
  afterAll(async () => {
    await oltp(['clean'], { env })
  })

  it('holds when the server gives the answer, and breaks the run when it gives another', async () => {
    expect((await bench('SELECT 42')).exitCode).toBe(exitCodes.ok)
    const wrong = await bench('SELECT 41')
    expect(wrong.exitCode).toBe(exitCodes.broke)
    expect(wrong.stdout).toMatch(/BROKEN the answer: expected 42, found 41/)
  })

  it.each([
    ['SELECT SUM(sould) FROM nowhere', /«the answer» cannot be checked: .*nowhere.*\nhelp: mend its `sql`/i],
    ['SELECT 1, 2', /«the answer» answered 1 rows of 2 columns, not one value/],
    ['SELECT 1 WHERE 1 = 0', /«the answer» answered 0 rows, not one value/],
    [name === 'postgres' ? '{ mysql: SELECT 42 }' : '{ postgres: SELECT 42 }', /«the answer» has no SQL for/],
  ])('that cannot be judged is a mistake in the file: %s', async (sql, words) => {
    const run = await bench(sql)
    expect(run.exitCode, run.stderr).toBe(exitCodes.usage)
    expect(run.stderr).toMatch(words)
    expect(run.stderr).not.toMatch(/\n\s+at /)
    expect(run.stdout).toBe('')
  })
})
