import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { scenarioJsonSchema } from '#oltp/scenario/json-schema.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(JSON.parse(scenarioJsonSchema()))

function files(folder: string): string[] {
  return readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' }).flatMap(file =>
    file.endsWith('.yaml') ? [`${folder}/${file}`] : [],
  )
}

// Demos have a language and a schema of their own.
const others = /^scenarios\/demos\/|^tests\/fixtures\/(bad|demos|bad-demos)\//
const good = [...files('scenarios'), ...files('tests/fixtures')].filter(file => !others.test(file))

describe('the JSON Schema', () => {
  it('is the one that was committed; if not, run `oltp scenarios schema > schema/scenario.schema.json`', () => {
    expect(readFileSync(`${root}/schema/scenario.schema.json`, 'utf8')).toBe(scenarioJsonSchema())
  })

  it.each(good)('accepts %s', file => {
    validate(parse(readFileSync(`${root}/${file}`, 'utf8')))
    expect(validate.errors).toBeNull()
  })

  it.each([
    ['a top-level key', ['title:', 'titel:']],
    ['a key of a transaction', ['    weight: 80', '    wieght: 80']],
    ['a key of a step', ['save: [balance]', 'sav: [balance]']],
    ['a key below a step', ['else: retry', 'esle: retry']],
    ['a level', ['isolation: serializable', 'isolation: serialisable']],
    ['a duration without its unit', ['duration: 12s', 'duration: 12']],
    ['a weight in quotes', ['    weight: 80', '    weight: "80"']],
  ])('notices a slip in %s', (_, [from = '', to = '']) => {
    const text = readFileSync(`${root}/scenarios/transfers.yaml`, 'utf8')
    expect(text).toContain(from)
    expect(validate(parse(text.replace(from, to)))).toBe(false)
  })

  it.each([
    'unknown-key',
    'missing',
    'wrong-type-head',
    'wrong-type-load',
    'wrong-type-parameters',
    'wrong-type-steps',
    'wrong-type-transaction',
    'variant',
  ])('refuses the bad file %s', name => {
    expect(validate(parse(readFileSync(`${root}/tests/fixtures/bad/${name}.yaml`, 'utf8')))).toBe(false)
  })

  it('describes what editors show', () => {
    const schema = JSON.parse(scenarioJsonSchema())
    expect(schema.$schema).toContain('draft-07')
    for (const key of ['parameters', 'seed', 'phases', 'invariants', 'thresholds', 'variants']) {
      expect(schema.properties[key].description ?? schema.properties[key].$ref).toBeTruthy()
    }
    expect(JSON.stringify(schema)).not.toContain('nested-steps')
  })
})
