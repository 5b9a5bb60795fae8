import { renderToString } from 'ink'
import { expect, test } from 'vitest'
import { displayWidth } from '#oltp/format.js'
import type { RunEvent } from '#oltp/run/events.js'
import { Dashboard } from '#oltp/ui/Dashboard.js'
import { views } from '#oltp/ui/keys.js'
import { lineWidth } from '#oltp/ui/line.js'
import { sampleEvents, samplePreparation } from '../../support/sample-run.js'
import { linesOf } from '../../support/screens.js'

const run = sampleEvents(47)

const awkward: RunEvent[] = [
  ...run,
  { kind: 'notice', level: 'error', t_s: 47, text: `\x1b[2J\x07日本語 ${'long '.repeat(80)}` },
  { kind: 'invariants', states: [{ name: '残高 '.repeat(30), status: 'broken', checkedAt_s: 47, detail: 'x'.repeat(300) }] },
  {
    kind: 'thresholds',
    states: Array.from({ length: 30 }, (_, at) => ({ expression: `transfer.p${at} < 1ms`, status: 'failing', value: '2 ms' })),
  },
]

test('it fits, at every size and in every view, as text and as Ink draws it', () => {
  const moments = [[], samplePreparation, sampleEvents(0), run, awkward]
  for (const columns of [20, 60, 61, 79, 80, 99, 100, 109, 110, 140, 200]) {
    for (const rows of [5, 16, 17, 23, 24, 33, 40, 60]) {
      for (const events of moments) {
        for (const view of views) {
          const lines = linesOf(events, 47, columns, rows, { view })
          expect(lines).toHaveLength(rows - 1)
          expect(Math.max(...lines.map(lineWidth))).toBeLessThanOrEqual(columns)
        }
      }
    }
  }
  for (const [columns, rows] of [
    [60, 16],
    [80, 24],
    [120, 40],
    [200, 60],
    [50, 10],
    [99, 31],
  ] as const) {
    const drawn = renderToString(<Dashboard lines={linesOf(awkward, 47, columns, rows)} ascii={false} onKey={null} />, { columns })
    expect(drawn.split('\n').length).toBe(rows - 1)
    expect(Math.max(...drawn.split('\n').map(displayWidth))).toBeLessThanOrEqual(columns)
    expect(drawn).not.toContain('\x07')
  }
}, 120_000)

test('a screen that does not fit would be noticed', () => {
  const tooWide = [[{ text: 'x'.repeat(81), style: 'plain' as const }]]
  expect(Math.max(...tooWide.map(lineWidth))).toBeGreaterThan(80)
})

test('without UTF-8 it is ASCII, column for column', () => {
  const lines = linesOf(run, 47, 80, 24)
  const ascii = renderToString(<Dashboard lines={lines} ascii={true} onKey={null} />, { columns: 80 })
  const unicode = renderToString(<Dashboard lines={lines} ascii={false} onKey={null} />, { columns: 80 })
  expect([...ascii].every(character => character === '\n' || (character >= ' ' && character <= '~'))).toBe(true)
  expect(ascii.split('\n').map(displayWidth)).toEqual(unicode.split('\n').map(displayWidth))
  expect(ascii).not.toContain('?  ')
})
