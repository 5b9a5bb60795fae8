import { readdirSync, readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDemo } from '#oltp/scenario/demo/parse.js'

const folder = resolve('scenarios/demos')
const files = readdirSync(folder).filter(name => name.endsWith('.yaml'))
const demos = files.map(name => ({ name: basename(name, '.yaml'), text: readFileSync(resolve(folder, name), 'utf8') }))
const core = [
  ...['dirty-read', 'non-repeatable-read', 'phantom', 'lost-update', 'read-skew', 'write-skew', 'booking'],
  ...['read-only-anomaly', 'deadlock', 'job-queue', 'timeouts', 'savepoint'],
]
const themes = [
  ...['Reading what is not settled', 'Reads that change', 'Updates that vanish', 'Rules that two break together'],
  ...['Waiting and queues', 'Deadlocks', 'After an error', 'Engine surprises'],
]

describe.each(demos)('$name', ({ name, text }) => {
  const demo = parseDemo(text, name)

  it('is named as its file', () => {
    expect(demo.name).toBe(name)
  })

  it('tells an editor where its schema is', () => {
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../../schema/demo.schema.json')
  })

  it('stands under one of the headings', () => {
    expect(themes).toContain(demo.theme)
  })

  it('is one of the core exactly where it is among the twelve', () => {
    expect(demo.core).toBe(core.includes(name))
  })

  it('has a rule, and rows to judge it by, in every telling', () => {
    for (const plot of [demo.plot, ...demo.variants.map(variant => variant.plot)]) {
      expect(plot.rule).not.toBeNull()
      expect(plot.final).not.toBeNull()
    }
  })
})

describe('the demos that ship', () => {
  const parsed = demos.map(({ name, text }) => parseDemo(text, name))

  it('have the core among them, each with a way out', () => {
    for (const name of core) expect(parsed.find(demo => demo.name === name)?.variants.some(({ fix }) => fix)).toBe(true)
  })

  it('have one place each in the workshop', () => {
    const places = parsed.flatMap(({ workshop }) => workshop ?? [])
    expect(new Set(places).size).toBe(places.length)
  })

  it('are refused where one is broken', () => {
    const [{ name, text }] = demos as [(typeof demos)[number]]
    expect(() => parseDemo(text.replace('version: 1', 'version: 2'), name)).toThrow('has a problem')
  })
})
