import { renderToString } from 'ink'
import { expect, test } from 'vitest'
import { displayWidth } from '#oltp/format.js'
import { Dashboard } from '#oltp/ui/Dashboard.js'
import type { DemoView } from '#oltp/ui/demo/model.js'
import { drawDemo } from '#oltp/ui/demo/views.js'
import { lineWidth } from '#oltp/ui/line.js'
import { bWaits, crowd, finished, resultOf, sceneOf, verdictOf, viewOf, waiting } from '../../../support/demo-scene.js'
import { textOf } from '../../../support/screens.js'

const locks = [
  { session: 'A', object: 'products', mode: 'RowExclusiveLock', granted: true },
  { session: 'B', object: 'transaction 42', mode: 'ShareLock', granted: false },
]
const atBeginning = viewOf(sceneOf([]))
const atWait = viewOf(sceneOf(waiting, bWaits))
const atEnd = viewOf(sceneOf(finished), { page: 'verdict', verdict: verdictOf(resultOf()) })
const inCrowd = viewOf(sceneOf([{}, {}, {}, {}], {}, crowd), { demo: crowd })
const drawn = (view: DemoView, columns: number, rows: number) => textOf(drawDemo(view, columns, rows).lines)

const sizes = [
  [60, 16],
  [80, 24],
  [99, 31],
  [120, 40],
  [200, 60],
] as const

const awkward = viewOf(
  sceneOf(
    [
      {
        sql: `\x1b[2J\x07SELECT '日本語 ${'long '.repeat(80)}'`,
        answer: { columns: ['残高'.repeat(9), 'b'], rows: [['日本'.repeat(40), null]], affected: 1, tag: null },
      },
      { status: 'failed', error: { code: '40001', message: 'x'.repeat(300), detail: null, hint: null } },
    ],
    {},
  ),
  { notice: 'word '.repeat(100), locks: new Array(40).fill(locks[0]), demo: { ...atWait.demo, title: '題 '.repeat(60) } },
)

test('the current step is on the screen, whatever its size', () => {
  for (let taken = 0; taken < 8; taken++) {
    const view = viewOf(sceneOf(finished.slice(0, taken)))
    for (const large of [false, true]) {
      for (const [columns, rows] of sizes) expect(drawn({ ...view, large }, columns, rows)).toContain('▸')
    }
  }
})

test('it fits, at every size and on every page, as text and as Ink draws it', () => {
  const views = [atBeginning, atWait, { ...atWait, locks }, atEnd, inCrowd, awkward, { ...atWait, help: true }]
  for (const columns of [20, 60, 61, 79, 80, 99, 100, 110, 140, 200]) {
    for (const rows of [5, 16, 17, 24, 33, 40, 60]) {
      for (const view of views) {
        for (const large of [false, true]) {
          const lines = drawDemo({ ...view, large }, columns, rows).lines
          expect(lines).toHaveLength(rows - 1)
          expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(columns)
        }
      }
    }
  }
  for (const [columns, rows] of sizes) {
    const ink = renderToString(<Dashboard lines={drawDemo(awkward, columns, rows).lines} ascii={false} onKey={null} />, { columns })
    expect(ink.split('\n')).toHaveLength(rows - 1)
    expect(Math.max(...ink.split('\n').map(displayWidth))).toBeLessThanOrEqual(columns)
    expect(ink).not.toContain('\x07')
  }
}, 120_000)

test('without UTF-8 it is ASCII, column for column, and nothing is without a sign of its own', () => {
  for (const view of [atBeginning, atWait, atEnd, inCrowd, { ...atWait, help: true }]) {
    const { lines } = drawDemo(view, 120, 40)
    const ascii = renderToString(<Dashboard lines={lines} ascii={true} onKey={null} />, { columns: 120 })
    expect([...ascii].every(character => character === '\n' || (character >= ' ' && character <= '~'))).toBe(true)
    const unicode = renderToString(<Dashboard lines={lines} ascii={false} onKey={null} />, { columns: 120 })
    expect(ascii.split('\n').map(displayWidth)).toEqual(unicode.split('\n').map(displayWidth))
    expect(ascii.replace(/\? keys/, '').replace(/ \? {7}this page/, '')).not.toContain('?')
  }
})

test('every state can be told without colour', () => {
  const marks = drawn(
    viewOf(
      sceneOf(
        [
          {},
          { status: 'failed', error: { code: '40001', message: 'no', detail: null, hint: null } },
          { status: 'skipped', skipped: 'gave up' },
          { status: 'deferred' },
          { status: 'waiting', waited: { blockers: ['B'], inferred: [], lock: 'X' } },
        ],
        { waits: [{ session: 'A', blockers: ['B'], inferred: [], lock: 'X' }] },
      ),
      { overdue: [] },
    ),
    120,
    40,
  )
  for (const mark of ['✓ BEGIN', '✗ BEGIN', '– SELECT', '» SELECT', '· UPDATE', '▸ UPDATE']) expect(marks).toContain(mark)
})
