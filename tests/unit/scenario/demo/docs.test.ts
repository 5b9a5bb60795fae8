import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseDemo } from '#oltp/scenario/demo/parse.js'
import { demoSchema, stepKeys } from '#oltp/scenario/demo/schema.js'
import { keysOf } from '#oltp/scenario/reader.js'

const page = readFileSync('docs/demos.md', 'utf8')

it('the example in docs/demos.md is a demo with a way out', () => {
  const [, text = ''] = /```yaml\n(.*?)```/s.exec(page) ?? []
  const demo = parseDemo(text, 'docs/demos.md')
  expect(demo.variants.map(({ fix }) => fix)).toEqual([true])
  expect(() => parseDemo(text.replace('save: guest', 'save: [gast, guest'), 'docs/demos.md')).toThrow()
})

it('docs/demos.md names every key', () => {
  for (const key of [...keysOf(demoSchema), ...stepKeys]) expect(page, key).toMatch(new RegExp(`\`${key}|^${key}:`, 'm'))
})
