import { expect, test } from 'vitest'
import type { Result } from '#oltp/measure/result.js'
import { nextCommands } from '#oltp/report/next.js'
import { sampleResult, totals } from '../../support/sample-result.js'

const commands = (changes: Partial<Result>) => nextCommands(sampleResult(changes)).map(({ command }) => command)
const argv = (...given: string[]): Partial<Result> => ({ tool: { name: 'oltp', version: '0.1.0', argv: given } })
const open = { ...sampleResult().load, model: 'open', arrivals: 'poisson', rate_per_s: 500 } as const

test('a closed loop is followed by a fixed rate and by the next variant', () => {
  expect(commands({})).toEqual(['oltp bench transfers --variant pessimistic -R 1100', 'oltp bench transfers --variant optimistic'])
})

test('an open loop that held is followed by a higher rate, one that did not by a lower', () => {
  expect(commands({ load: open, ...argv('bench', 'transfers', '-R', '500') })[0]).toBe('oltp bench transfers -R 630')
  expect(
    commands({ load: open, tps: 431, validity: { status: 'UNSUSTAINED', checks: [] }, ...argv('bench', 'transfers', '--rate=500') })[0],
  ).toBe('oltp bench transfers -R 340')
})

test('a busy generator gets a thread more, as long as there are processors', () => {
  const busy: Partial<Result> = {
    validity: {
      status: 'SUSPECT',
      checks: [{ id: 'generator_busy', status: 'warn', value: 0.97, limit: 0.9, unit: '1', message: 'busy' }],
    },
  }
  expect(commands(busy)[0]).toBe('oltp bench transfers --variant pessimistic -j 2')
  expect(commands({ ...busy, environment: { ...sampleResult().environment, logical_cores: 1 } }).join()).not.toContain('-j')
})

test('a broken promise leads to another variant, not to more load', () => {
  const broken = sampleResult().invariants.map(invariant => ({ ...invariant, held: false }))
  const next = nextCommands(
    sampleResult({
      invariants: broken,
      scenario: { ...sampleResult().scenario, variant: 'naive' },
      ...argv('bench', 'transfers', '--variant', 'naive'),
    }),
  )
  expect(next.map(({ command }) => command)).toEqual(['oltp bench transfers --variant pessimistic', 'oltp scenarios show transfers'])
})

test('many retries lead to another variant, or to less skew where there is none', () => {
  const many = { totals: totals({ retries: 9000 }) }
  expect(commands(many)[0]).toBe('oltp bench transfers --variant optimistic')
  expect(commands({ ...many, scenario: { ...sampleResult().scenario, text: 'version: 1', variant: null } })[0]).toBe(
    'oltp bench transfers --variant pessimistic --set skew=0.55',
  )
})

test('a variant is introduced by its own title', () => {
  const text = 'variants: { pessimistic: {}, optimistic: { title: "Compare the version, and try again" } }'
  expect(nextCommands(sampleResult({ scenario: { ...sampleResult().scenario, text } }))[1]?.why).toBe('Compare the version, and try again')
})

test('an interrupted run is offered again, as it was', () => {
  expect(commands({ interrupted: 'drained' })[0]).toBe('oltp bench transfers --variant pessimistic')
})

test('the command line is kept but for output and for what it replaces; passwords are not made up', () => {
  const given = [
    'bench',
    './my file.yaml',
    '-c',
    '32',
    '--json',
    '-o',
    'out.json',
    '-R',
    '10',
    '--threshold',
    'p95 < 20ms',
    '--url=postgres://me:•••@db/shop',
  ]
  expect(commands({ interrupted: 'stopped', ...argv(...given) })[0]).toBe(
    `oltp bench './my file.yaml' -c 32 -R 10 --threshold 'p95 < 20ms' --url="$OLTP_URL"`,
  )
  expect(commands(argv('bench', '--url', 'mysql://me:•••@db/shop'))[0]).toBe('oltp bench --url "$OLTP_URL" -R 1100')
})
