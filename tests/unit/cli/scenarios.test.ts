import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { displayWidth } from '#oltp/format.js'
import { loadScenario } from '#oltp/run/load-scenario.js'
import { demoJsonSchema } from '#oltp/scenario/demo/json-schema.js'
import { scenarioJsonSchema } from '#oltp/scenario/json-schema.js'
import { run } from '../../support/cli-context.js'

const shipped = yamlIn('../../../scenarios')
const demos = yamlIn('../../../scenarios/demos')
const demo = `version: 1
name: mine
kind: anomaly
title: Mine
theme: Mine
summary: One line
story: Two sentences.
setup:
  - CREATE TABLE item (id INT PRIMARY KEY)
sessions: [A, B]
schedule:
  - A: BEGIN
  - A: COMMIT
`
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oltp-scenarios-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function yamlIn(place: string): string[] {
  const files = readdirSync(fileURLToPath(new URL(place, import.meta.url)))
  return files.flatMap(file => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : []))
}

function widths(text: string): number[] {
  return text.split('\n').map(displayWidth)
}

describe('oltp scenarios list', () => {
  it('names every scenario that ships and its variants, within 80 columns', async () => {
    const { stdout, stderr, exitCode } = await run(['scenarios', 'list'], folder)
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
    for (const name of shipped) expect(stdout).toMatch(new RegExp(`^${name} +\\S`, 'm'))
    expect(stdout).toContain('naive')
    expect(Math.max(...widths(stdout))).toBeLessThanOrEqual(80)
  })
})

describe('oltp scenarios show', () => {
  it.each(shipped)('%s, within 80 columns', async name => {
    const { stdout, exitCode } = await run(['scenarios', 'show', name], folder)
    expect(exitCode).toBe(0)
    const scenario = await loadScenario(name)
    for (const { name: part } of [...scenario.parameters, ...scenario.transactions, ...scenario.variants, ...scenario.phases])
      expect(stdout).toContain(`\n  ${part} `)
    for (const { name: invariant } of scenario.invariants) expect(stdout).toContain(`  ${invariant} `)
    expect(stdout).toContain(`oltp bench ${name}\n`)
    expect(Math.max(...widths(stdout))).toBeLessThanOrEqual(80)
  })

  it('suggests the name that was meant', async () => {
    const { stdout, stderr, exitCode } = await run(['scenarios', 'show', 'transfer'], folder)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain('there is no scenario «transfer»')
    expect(stderr).toContain('did you mean `transfers`?')
  })
})

describe('oltp scenarios check', () => {
  it('says so where all is well', async () => {
    expect(await run(['scenarios', 'check', ...shipped], folder)).toEqual({
      stdout: shipped.map(name => `✓ ${name}\n`).join(''),
      stderr: '',
      exitCode: 0,
    })
  })

  it('says so of demos too, by name and by file', async () => {
    writeFileSync(join(folder, 'mine.yaml'), demo)
    const { stdout, exitCode } = await run(['scenarios', 'check', ...demos, 'mine.yaml'], folder)
    expect(exitCode).toBe(0)
    expect(stdout).toBe([...demos, 'mine.yaml'].map(name => `✓ ${name}\n`).join(''))
  })

  it('finds what is wrong with a demo where it is', async () => {
    writeFileSync(join(folder, 'mine.yaml'), demo.replace('- A: COMMIT', '- C: COMMIT'))
    const { stdout, stderr, exitCode } = await run(['scenarios', 'check', 'mine.yaml'], folder)
    expect({ stdout, exitCode }).toEqual({ stdout: '✗ mine.yaml\n', exitCode: 2 })
    expect(stderr).toContain('--> mine.yaml:13:5')
    expect(stderr).toMatch(/\n {3}\| {5}\^\n/)
  })

  it('goes on after a file that is wrong, and exits 2', async () => {
    writeFileSync(join(folder, 'bad.yaml'), 'version: 1\nname: bad\ntitel: Bad\ntransactions: { look: { steps: [{ sqll: SELECT 1 }] } }\n')
    const { stdout, stderr, exitCode } = await run(['scenarios', 'check', 'bad.yaml', 'nowhere.yaml', 'transfers'], folder)
    expect(stdout).toBe('✗ bad.yaml\n✗ nowhere.yaml\n✓ transfers\n')
    expect(stderr).toContain('--> bad.yaml:3:1')
    expect(stderr).toContain('did you mean `sql`?')
    expect(stderr).toContain('there is no file nowhere.yaml')
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(exitCode).toBe(2)
  })

  it('also checks what only a variant brings about', async () => {
    writeFileSync(
      join(folder, 'bad.yaml'),
      `version: 1
name: bad
transactions: { look: { steps: [{ sql: SELECT 1 }] } }
groups: { fixed: { clients: 8, weights: { look: 1 } } }
variants: { few: { phases: [{ name: few, duration: 1s, clients: 2 }] } }
`,
    )
    const { stderr, exitCode } = await run(['scenarios', 'check', 'bad.yaml'], folder)
    expect(stderr).toContain('the groups need 8 clients, the phase has 2')
    expect(exitCode).toBe(2)
  })
})

describe('oltp scenarios new', () => {
  it('writes a scenario that is right, with its tables for both engines', async () => {
    const { stdout, exitCode } = await run(['scenarios', 'new', 'check-out'], folder)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('oltp bench ./check-out.yaml')
    for (const engine of ['postgres', 'mysql'])
      expect(readdirSync(join(folder, 'check-out', engine)).sort()).toEqual(['0001_item.down.sql', '0001_item.up.sql'])
    const scenario = await loadScenario('check-out.yaml', folder)
    expect(scenario).toMatchObject({ name: 'check-out', migrations: 'check-out' })
    expect((await run(['scenarios', 'check', 'check-out.yaml'], folder)).exitCode).toBe(0)
  })

  it('never overwrites, and leaves nothing half-written', async () => {
    writeFileSync(join(folder, 'mine.yaml'), 'precious')
    const first = await run(['scenarios', 'new', 'mine'], folder)
    expect(first.exitCode).toBe(2)
    expect(first.stderr).toContain('mine.yaml is there already')
    expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).toBe('precious')

    writeFileSync(join(folder, 'other'), 'a file where the folder would be')
    const second = await run(['scenarios', 'new', 'other'], folder)
    expect(second.exitCode).toBe(2)
    expect(existsSync(join(folder, 'other.yaml'))).toBe(false)
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('a file where the folder would be')
  })

  it.each(['', '../mine', 'mine.yaml', 'a b', 'Mine', '-x'])('refuses the name %j', async name => {
    const { exitCode } = await run(['scenarios', 'new', '--', name], folder)
    expect(exitCode).toBe(2)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('oltp scenarios schema', () => {
  it('prints that of demos where it is asked for', async () => {
    expect(await run(['scenarios', 'schema', '--demo'], folder)).toEqual({ stdout: demoJsonSchema(), stderr: '', exitCode: 0 })
  })

  it('prints the schema and nothing else', async () => {
    expect(await run(['scenarios', 'schema'], folder)).toEqual({ stdout: scenarioJsonSchema(), stderr: '', exitCode: 0 })
  })
})

describe('a demo where a scenario belongs, and the other way round', () => {
  it.each([
    [['bench', './mine.yaml'], 'mine.yaml is a demo, not a scenario', 'oltp demo ./mine.yaml'],
    [['demo', './load.yaml'], 'load.yaml is a scenario, not a demo', 'oltp bench ./load.yaml'],
  ])('%j is told so', async (argv, message, hint) => {
    writeFileSync(join(folder, 'mine.yaml'), demo)
    writeFileSync(join(folder, 'load.yaml'), 'version: 1\nname: load\ntransactions: { look: { steps: [{ sql: SELECT 1 }] } }\n')
    const { stdout, stderr, exitCode } = await run(argv, folder)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain(message)
    expect(stderr).toContain(hint)
  })
})

describe('a bad file given to a command that runs it', () => {
  it.each(['bench', 'prepare'])('%s says what is wrong, and goes to no database', async command => {
    writeFileSync(join(folder, 'bad.yaml'), 'version: 1\nname: bad\ntransactions: { look: { steps: [{ sql: SELECT :a }] } }\n')
    // Nothing listens there: had it tried to connect, the exit code would be 3.
    const { stdout, stderr, exitCode } = await run([command, './bad.yaml', '--url', 'postgres://nobody@127.0.0.1:1/none'], folder)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain('`:a` has no value')
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})
