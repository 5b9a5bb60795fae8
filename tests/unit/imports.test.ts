import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSources, type SourceFile, withoutComments } from '../support/sources.js'

/** From the top of the house to its ground: a room imports from floors below its own. */
const floors = [
  ['cli'],
  ['ui', 'report'],
  ['run', 'demo'],
  ['engine', 'verify', 'chaos', 'server'],
  ['database', 'scenario-files.ts'],
  ['scenario', 'measure', 'gate'],
  ['errors.ts', 'format.ts'],
]

/** What a room shows to the floor above it is data: the screen is drawn from a run's events, a report from a result. */
const pureRooms = ['scenario', 'measure', 'gate']

/** Shapes only: between rooms of one floor, or up, where the code behind them is not touched. */
const sharedTypes = ['scenario/model.ts', 'scenario/program.ts', 'scenario/values.ts', 'scenario/threshold.ts', 'measure/outcome.ts']

const impure: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b|\bnew Date\(\)/, 'reads the clock'],
  [/\bperformance\.|\bhrtime\b/, 'reads the clock'],
  [/\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/, 'draws from a source that has no seed'],
  [/\bprocess\./, 'touches the process'],
  [/\b(setTimeout|setInterval|setImmediate|fetch)\(/, 'waits'],
  [/\bconsole\./, 'prints'],
]

const builtName = '#oltp/'

interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
}

describe('the house', () => {
  const files = readSources()

  test('has files in the rooms that it is said to have, and nowhere else', () => {
    expect(files.filter(file => floorOf(roomOf(file.path)) === -1).map(file => file.path)).toEqual([])
    expect(files.length).toBeGreaterThan(50)
  })

  test('imports point down', () => {
    expect(files.flatMap(wrongImports)).toEqual([])
  })

  test('no circle', () => {
    expect(findCircle(files)).toBeNull()
  })

  test('scenario, measure and gate are pure', () => {
    expect(files.filter(file => pureRooms.includes(roomOf(file.path))).flatMap(impurities)).toEqual([])
  })
})

describe('the checks notice', () => {
  test('an import that points up', () => {
    expect(wrongImports({ path: 'database/x.ts', text: "import { start } from '../server/local.js'" })).toEqual([
      'database/x.ts imports ../server/local.js',
    ])
    expect(wrongImports({ path: 'database/x.ts', text: "const x = await import('../run/bench.js')" })).toHaveLength(1)
    expect(wrongImports({ path: 'errors.ts', text: "export { x } from './scenario/model.js'" })).toHaveLength(1)
    expect(wrongImports({ path: 'database/x.ts', text: "import { start } from '#oltp/server/local.js'" })).toEqual([
      'database/x.ts imports #oltp/server/local.js',
    ])
    expect(wrongImports({ path: 'run/x.ts', text: "import { start } from '#oltp/server/local.js'" })).toEqual([])
  })

  test('an import from the room next door, unless it is of a shared type', () => {
    expect(wrongImports({ path: 'engine/x.ts', text: "import {\n  check,\n} from '../verify/check.js'" })).toHaveLength(1)
    expect(wrongImports({ path: 'engine/x.ts', text: "import type { Check } from '../verify/check.js'" })).toHaveLength(1)
    expect(wrongImports({ path: 'scenario/x.ts', text: "import { outcomes } from '../measure/outcome.js'" })).toHaveLength(1)
    expect(wrongImports({ path: 'scenario/x.ts', text: "import type { Outcome } from '../measure/outcome.js'" })).toEqual([])
  })

  test('nothing where the import is allowed', () => {
    expect(
      wrongImports({ path: 'run/x.ts', text: "import { start } from '../server/local.js'\nimport { join } from 'node:path'" }),
    ).toEqual([])
    expect(wrongImports({ path: 'scenario/x.ts', text: "import { y } from './y.js'\nimport { OltpError } from '../errors.js'" })).toEqual(
      [],
    )
  })

  test('a circle', () => {
    const circle = [
      { path: 'engine/a.ts', text: "import { b } from './b.js'" },
      { path: 'engine/b.tsx', text: "import { c } from './deep/c.js'" },
      { path: 'engine/deep/c.ts', text: "import { a } from '../a.js'" },
    ]
    expect(findCircle(circle)).toEqual(['engine/a.ts', 'engine/b.tsx', 'engine/deep/c.ts', 'engine/a.ts'])
    expect(findCircle(circle.slice(0, 2))).toBeNull()
    const named = { path: 'engine/deep/c.ts', text: "import { a } from '#oltp/engine/a.js'" }
    expect(findCircle([...circle.slice(0, 2), named])).toEqual(findCircle(circle))
  })

  test('what is not pure', () => {
    for (const text of [
      "import { readFileSync } from 'node:fs'",
      'const now = Date.now()',
      'Math.random()',
      'performance.now()',
      'process.env.HOME',
    ]) {
      expect(impurities({ path: 'scenario/x.ts', text })).toHaveLength(1)
    }
    expect(impurities({ path: 'scenario/x.ts', text: '// as Date.now() does\n/** process.env */ const processed = 1' })).toEqual([])
  })
})

function importsOf(file: SourceFile): Import[] {
  const code = withoutComments(file.text)
  const fixed = [...code.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[\w$*{}\s,]+?\sfrom\s+)?'([^']+)'/gm)]
  const dynamic = [...code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)]
  return [
    ...fixed.map(match => ({ specifier: match[2] ?? '', typeOnly: match[1] !== undefined })),
    ...dynamic.map(match => ({ specifier: match[1] ?? '', typeOnly: false })),
  ]
}

function wrongImports(file: SourceFile): string[] {
  return importsOf(file)
    .filter(found => isOwn(found.specifier) && !isAllowed(file.path, resolve(file.path, found.specifier), found.typeOnly))
    .map(found => `${file.path} imports ${found.specifier}`)
}

function isAllowed(from: string, to: string, typeOnly: boolean): boolean {
  if (roomOf(from) === roomOf(to)) return true
  if (floorOf(roomOf(from)) < floorOf(roomOf(to))) return true
  return typeOnly && sharedTypes.includes(to)
}

/** The first circle of imports that exist when the program runs; types are gone by then. */
function findCircle(files: readonly SourceFile[]): string[] | null {
  const known = new Set(files.map(file => file.path))
  const edges = new Map(
    files.map(file => [
      file.path,
      importsOf(file)
        .filter(found => !found.typeOnly)
        .map(found => resolve(file.path, found.specifier)),
    ]),
  )
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): string[] | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (done.has(path)) return null
    for (const target of edges.get(path) ?? []) {
      const next = [target, `${target}x`].find(candidate => known.has(candidate))
      const circle = next ? visit(next, [...trail, path]) : null
      if (circle) return circle
    }
    done.add(path)
    return null
  }
  for (const { path } of files) {
    const circle = visit(path, [])
    if (circle) return circle
  }
  return null
}

function impurities(file: SourceFile): string[] {
  const code = withoutComments(file.text)
  const imported = importsOf(file).filter(found => found.specifier.startsWith('node:') && !found.typeOnly)
  return [
    ...imported.map(found => `${file.path} imports ${found.specifier}`),
    ...impure.filter(([pattern]) => pattern.test(code)).map(([, what]) => `${file.path} ${what}`),
  ]
}

/** By its place, or by the name that package.json gives to what is built. */
function isOwn(specifier: string): boolean {
  return specifier.startsWith('.') || specifier.startsWith(builtName)
}

function resolve(from: string, specifier: string): string {
  const path = specifier.startsWith(builtName) ? specifier.slice(builtName.length) : join(dirname(from), specifier)
  return normalize(path).replace(/\.js$/, '.ts')
}

function roomOf(path: string): string {
  return path.split('/')[0] ?? ''
}

function floorOf(room: string): number {
  return floors.findIndex(floor => floor.includes(room))
}
