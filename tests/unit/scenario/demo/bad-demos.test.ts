import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { formatProblem } from '#oltp/cli/problems.js'
import { OltpError } from '#oltp/errors.js'
import { parseDemo } from '#oltp/scenario/demo/parse.js'

const folder = fileURLToPath(new URL('../../../fixtures/bad-demos', import.meta.url))
const names = readdirSync(folder).flatMap(file => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : []))

function errorOf(name: string): OltpError {
  try {
    parseDemo(readFileSync(`${folder}/${name}.yaml`, 'utf8'), `${name}.yaml`)
  } catch (error) {
    if (error instanceof OltpError) return error
    throw error
  }
  throw new Error(`${name}.yaml was accepted`)
}

describe('a bad demo file', () => {
  // What people see, kept beside each file: review these texts as you would review code.
  it.each(names)('%s', async name => {
    const error = errorOf(name)
    expect(error.code).toBe('SCENARIO_INVALID')
    expect(error.exitCode).toBe(2)
    for (const { message, location, label, hint } of error.problems) {
      expect(location?.file).toBe(`${name}.yaml`)
      expect(location?.length).toBeGreaterThan(0)
      expect(hint ?? label, message).toBeTruthy()
      expect(message).not.toMatch(/zod|invalid_union|undefined|\[object/)
    }
    const text = error.problems.map(problem => formatProblem(problem, false)).join('\n\n')
    await expect(`${text}\n`).toMatchFileSnapshot(`${folder}/${name}.txt`)
  })
})
