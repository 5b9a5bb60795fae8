import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { demoJsonSchema } from '#oltp/scenario/demo/json-schema.js'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const demos = readdirSync(`${root}/scenarios/demos`)
const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(JSON.parse(demoJsonSchema()))

describe('the JSON Schema of demos', () => {
  it('is the one that was committed; if not, run `oltp scenarios schema --demo > schema/demo.schema.json`', () => {
    expect(readFileSync(`${root}/schema/demo.schema.json`, 'utf8')).toBe(demoJsonSchema())
  })

  it.each(demos)('accepts %s', file => {
    validate(parse(readFileSync(`${root}/scenarios/demos/${file}`, 'utf8')))
    expect(validate.errors).toBeNull()
  })

  it.each(demos)('is the one that %s names for editors', file => {
    const [first] = readFileSync(`${root}/scenarios/demos/${file}`, 'utf8').split('\n')
    expect(first).toBe('# yaml-language-server: $schema=../../schema/demo.schema.json')
  })

  it.each([
    ['a top-level key', ['title:', 'titel:']],
    ['a key that a demo must have', ['sessions: [A, B]', '']],
    ['the kind', ['kind: anomaly', 'kind: anomoly']],
    ['a key of a variant', ['    fix: true', '    fixx: true']],
    ['the rule', ['  holds: ', '  hold: ']],
    ['a level', ['isolation: serializable', 'isolation: serialisable']],
    ['a statement', ['- A: BEGIN', '- A: 1']],
    ['a word of a step', ['    save: qty', '    save: [1]']],
  ])('notices a slip in %s', (_, [from = '', to = '']) => {
    const text = readFileSync(`${root}/scenarios/demos/lost-update.yaml`, 'utf8')
    expect(text).toContain(from)
    expect(validate(parse(text.replace(from, to)))).toBe(false)
  })
})
