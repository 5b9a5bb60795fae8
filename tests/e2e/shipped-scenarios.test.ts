import { afterAll, describe, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import type { Result } from '#oltp/measure/result.js'
import { bundledScenarioNames, loadScenario } from '#oltp/run/load-scenario.js'
import { oltp } from '../support/oltp.js'
import { engines } from '../support/servers.js'

/** What is meant to break, and does: the negative controls of the invariants. */
const meantToBreak = new Set(['transfers naive'])
const names = await bundledScenarioNames()
const runs = (
  await Promise.all(
    names.map(async name => {
      const { variants } = await loadScenario(name)
      return [null, ...variants.map(variant => variant.name)].map(variant => ({ name, variant }))
    }),
  )
).flat()

it('ships the scenarios that the documentation promises', () => {
  expect(names).toEqual(
    expect.arrayContaining(['anomalies', 'deadlock-storm', 'hotspot', 'point-select', 'read-write', 'tpcb', 'transfers']),
  )
})

describe.each(engines.map(({ name, url }) => ({ engine: name, url })))('on $engine', ({ url }) => {
  const env = { OLTP_URL: url, OLTP_NAMESPACE: 'oltp_e2e_shipped' }
  afterAll(async () => {
    await oltp(['clean'], { env })
  })

  it.each(runs.filter(({ name, variant }) => !meantToBreak.has(`${name} ${variant}`)))(
    '$name, variant $variant, keeps its promises',
    async ({ name, variant }) => {
      const args = ['bench', name, ...(variant === null ? [] : ['--variant', variant]), '--warmup', '0', '-t', '25', '-c', '4', '--json']
      const run = await oltp(args, { env })
      expect(run.stderr).not.toMatch(/this is a bug/)
      const result: Result = JSON.parse(run.stdout)
      expect(result.broken).toBeNull()
      expect(result.invariants.filter(invariant => !invariant.held)).toEqual([])
      expect(result.totals.started).toBe(100)
      expect(result.totals.committed).toBeGreaterThan(0)
      expect(result.totals.outcomes.other).toBe(0)
      expect([exitCodes.ok, exitCodes.threshold]).toContain(run.exitCode)
    },
  )

  it('shows deadlocks in a storm, and none when rows are locked in order', async () => {
    const storm = async (...more: string[]): Promise<Result> => {
      const run = await oltp(['bench', 'deadlock-storm', '--warmup', '0', '-d', '3s', '-c', '8', '--json', ...more], { env })
      return JSON.parse(run.stdout)
    }
    expect((await storm()).totals.outcomes.deadlock).toBeGreaterThan(0)
    expect((await storm('--variant', 'ordered')).totals.outcomes.deadlock).toBe(0)
  })
})
