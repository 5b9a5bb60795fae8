import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { formatProblem } from '#oltp/cli/problems.js'
import { OltpError } from '#oltp/errors.js'
import { parseScenario } from '#oltp/scenario/parse.js'

const folder = fileURLToPath(new URL('../../fixtures/bad', import.meta.url))
const names = readdirSync(folder).flatMap(file => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : []))

function errorOf(text: string, file = 'bad.yaml'): OltpError {
  try {
    parseScenario(text, file, '')
  } catch (error) {
    if (error instanceof OltpError) return error
    throw error
  }
  throw new Error(`${file} was accepted`)
}

describe('a bad scenario file', () => {
  // What people see, kept beside each file: review these texts as you would review code.
  it.each(names)('%s', async name => {
    const error = errorOf(readFileSync(`${folder}/${name}.yaml`, 'utf8'), `${name}.yaml`)
    expect(error.code).toBe('SCENARIO_INVALID')
    expect(error.exitCode).toBe(2)
    for (const { message, location, label, hint } of error.problems) {
      expect(location?.file).toBe(`${name}.yaml`)
      expect(location?.length).toBeGreaterThan(0)
      expect(hint ?? label, message).toBeTruthy()
    }
    const text = error.problems.map(problem => formatProblem(problem, false)).join('\n\n')
    await expect(`${text}\n`).toMatchFileSnapshot(`${folder}/${name}.txt`)
  })

  it('never shows what a library says', () => {
    for (const name of names) {
      const { problems } = errorOf(readFileSync(`${folder}/${name}.yaml`, 'utf8'))
      for (const { message } of problems)
        expect(message).not.toMatch(/zod|invalid_union|Expected |compact mappings|flow collection|Unresolved/)
    }
  })

  it('reports the same problem once, in the order of the file', () => {
    const { problems } = errorOf(readFileSync(`${folder}/undefined-name.yaml`, 'utf8'))
    const places = problems.map(({ location }) => (location?.line ?? 0) * 1000 + (location?.column ?? 0))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(new Set(places).size).toBe(places.length)
  })

  it('shows every problem, up to a hundred, and counts the rest', () => {
    const broken = (count: number) =>
      errorOf(
        `version: 1\nname: test\ntransactions:\n  look:\n    steps:\n${Array.from({ length: count }, (_, index) => `      - sql: SELECT :missing_${index}\n`).join('')}`,
      ).problems.map(({ message }) => message)
    const messages = (count: number) => Array.from({ length: count }, (_, index) => `\`:missing_${index}\` has no value`)
    expect(broken(100)).toEqual(messages(100))
    expect(broken(101)).toEqual([...messages(100), '1 more problem is not shown'])
    expect(broken(140)).toEqual([...messages(100), '40 more problems are not shown'])
  })

  it.each([
    ['brackets', '['.repeat(2000)],
    ['braces', `a: ${'{a: '.repeat(700)}`],
    ['brackets behind closing ones in strings', `a: ${'["]", '.repeat(400)}`],
    ['brackets over lines', 'a:\n  [\n'.repeat(500)],
    ['dashes', `${'- '.repeat(1000)}a`],
    ['questions', `${'? '.repeat(1000)}a`],
    ['colons', `${'a: '.repeat(700)}a`],
    ['indentation', Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')],
  ])('nested deep by %s is refused before it is parsed, every time', (_, text) => {
    for (let round = 0; round < 3; round++) {
      const [problem] = errorOf(text).problems
      expect(problem?.message).toBe('nested too deeply')
      // The process is as well as before.
      expect(parseScenario('version: 1\nname: fine\ntransactions: { look: { steps: [{ sql: SELECT 1 }] } }\n', 'fine.yaml', '').name).toBe(
        'fine',
      )
    }
  })

  it('may have many brackets side by side, and in texts', () => {
    const steps = Array.from({ length: 200 }, () => '      - { sql: "SELECT \'[[[{{{\'" } # [[[[\n').join('')
    expect(
      parseScenario(`version: 1\nname: fine\ntransactions:\n  look:\n    steps:\n${steps}`, 'fine.yaml', '').transactions,
    ).toHaveLength(1)
  })

  it('of 10 MB is refused at once', () => {
    const error = errorOf('a: 1\n'.repeat(2_000_000))
    expect(error.code).toBe('SCENARIO_TOO_LARGE')
    expect(error.message).toContain('9.5 MiB')
    expect(error.hint).toBeDefined()
  })

  it.each([
    ['', 'SCENARIO_EMPTY'],
    [' \n\t\n', 'SCENARIO_EMPTY'],
    ['\uFEFF', 'SCENARIO_EMPTY'],
    ['# nothing but a comment\n', 'SCENARIO_INVALID'],
    ['---\n', 'SCENARIO_INVALID'],
    ['version: 1\nname: a\u0000b\n', 'SCENARIO_INVALID'],
    ['version: 1\nname: "\u001b[31m"\n', 'SCENARIO_INVALID'],
  ])('with nothing in it, or what no text has: %j', (text, code) => {
    const error = errorOf(text)
    expect(error.code).toBe(code)
    expect(error.hint ?? error.problems[0]?.hint).toBeDefined()
  })

  it('leaves the prototypes of everything alone', () => {
    errorOf(readFileSync(`${folder}/prototype.yaml`, 'utf8'))
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})
