import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatProblem } from '#oltp/cli/problems.js'
import { OltpError } from '#oltp/errors.js'
import { parseScenario } from '#oltp/scenario/parse.js'

const folder = fileURLToPath(new URL('../../../scenarios', import.meta.url))
const files = readdirSync(folder).filter(file => file.endsWith('.yaml'))
const texts = files.map(file => readFileSync(`${folder}/${file}`, 'utf8'))
const scraps = [
  ':',
  ': ',
  ' #',
  '- ',
  '[',
  ']',
  '{',
  '}',
  ',',
  "'",
  '"',
  '&a',
  '*a',
  '!',
  '%',
  '@',
  '`',
  '|',
  '>',
  '\n',
  '\t',
  '  ',
  '$',
  '(',
  ')',
  '0',
  'null',
  '\r\n',
  '---\n',
]

const mutated = fc
  .record({
    text: fc.constantFrom(...texts),
    edits: fc.array(
      fc.record({ at: fc.nat(20_000), remove: fc.nat(12), insert: fc.oneof(fc.constantFrom(...scraps), fc.string({ maxLength: 6 })) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
  })
  .map(({ text, edits }) =>
    edits.reduce((result, { at, remove, insert }) => {
      const start = at % (result.length + 1)
      return result.slice(0, start) + insert + result.slice(start + remove)
    }, text),
  )

it('whatever is done to a file, it is a scenario or has problems with places in it', () => {
  fc.assert(
    fc.property(mutated, text => {
      const lines = text.split('\n').map(line => line.replace(/\r$/, ''))
      try {
        parseScenario(text, 'mutated.yaml', '')
      } catch (error) {
        if (!(error instanceof OltpError)) throw error
        expect(error.exitCode).toBe(2)
        expect(error.problems.length).toBeGreaterThan(0)
        for (const problem of error.problems.slice(0, 10)) {
          const { line, column, length, text: shown } = problem.location ?? { line: 0, column: 0, length: 0, text: '' }
          expect(lines[line - 1]).toBe(shown)
          expect(column).toBeGreaterThan(0)
          expect(column + length - 1).toBeLessThanOrEqual(Math.max(shown.length, column))
          for (const part of formatProblem(problem, false).split('\n')) expect(part).not.toMatch(/\p{Cc}/u)
        }
      }
    }),
    { numRuns: 600, seed: 42 },
  )
})
