import { describe, expect, test } from 'vitest'
import { inferLevel, levelProbes, type ProbeCell } from '#oltp/demo/levels.js'

const chain = [
  'dirty-read',
  'otv',
  'non-repeatable-read',
  'phantom',
  'read-skew',
  'lost-update',
  'write-skew',
  'booking',
  'read-only-anomaly',
]

/** A cell of every demo that tells levels apart; those named happened, and the others did not. */
function cells(...happened: readonly string[]): ProbeCell[] {
  return levelProbes.map(demo => cell(demo, !happened.includes(demo)))
}

function cell(demo: string, serializable: boolean | null): ProbeCell {
  return { demo, serializable, outcome: serializable === false ? 'happens' : 'prevented' }
}

const anySkew = ['write-skew', 'booking', 'read-only-anomaly']
const anyRead = ['non-repeatable-read', 'phantom', 'read-skew']

describe('the level that a server provides', () => {
  test.each([
    ['read uncommitted', ['dirty-read', 'otv', ...anyRead, 'lost-update', ...anySkew]],
    ['read committed', ['otv', ...anyRead, 'lost-update', ...anySkew]],
    ['monotonic atomic view', [...anyRead, 'lost-update', ...anySkew]],
    ['monotonic atomic view with a snapshot for plain reads', ['lost-update', ...anySkew]],
    ['snapshot isolation', anySkew],
    ['serializable', []],
  ])('is %s where exactly its anomalies happen', (level, happened) => {
    expect(inferLevel(cells(...happened))).toMatchObject({ level, at_least: false, not_played: [] })
  })

  test('is not a stronger one because of a demo further up that did not happen', () => {
    expect(inferLevel(cells('dirty-read')).level).toBe('read uncommitted')
    expect(inferLevel(cells('phantom')).level).toBe('monotonic atomic view')
  })

  test.each(anySkew)('is not serializable where %s alone happens', demo => {
    expect(inferLevel(cells(demo))).toMatchObject({ level: 'snapshot isolation', ruled_out_by: [{ demo, outcome: 'happens' }] })
  })

  test.each(chain)('is another one as soon as %s alone happens', demo => {
    expect(inferLevel(cells(demo)).level).not.toBe('serializable')
  })

  test('rests on what did not happen, and is bounded by what did', () => {
    const { rests_on, ruled_out_by } = inferLevel(cells('lost-update', 'write-skew'))
    expect(rests_on.map(({ demo }) => demo)).toEqual(['dirty-read', 'otv', ...anyRead])
    expect(ruled_out_by.map(({ demo }) => demo)).toEqual(['lost-update'])
  })
})

describe('what was not played', () => {
  const without = (demo: string, all: readonly ProbeCell[]) => all.filter(cell => cell.demo !== demo)

  test('says nothing: the level is the one before, at least', () => {
    expect(inferLevel(without('lost-update', cells(...anySkew)))).toMatchObject({
      level: 'monotonic atomic view with a snapshot for plain reads',
      at_least: true,
      not_played: ['lost-update'],
    })
    expect(inferLevel(without('booking', cells()))).toMatchObject({ level: 'snapshot isolation', at_least: true, not_played: ['booking'] })
  })

  test('does not matter where another demo of the same level happened', () => {
    expect(inferLevel(without('booking', cells('write-skew')))).toMatchObject({ level: 'snapshot isolation', at_least: false })
  })

  test('nor does the atomic view where reads come from one snapshot', () => {
    expect(inferLevel(without('otv', cells()))).toMatchObject({ level: 'serializable', at_least: false })
    expect(inferLevel(without('otv', cells('read-skew', 'lost-update')))).toMatchObject({
      level: 'read committed',
      at_least: true,
      not_played: ['otv'],
    })
  })

  test('leaves nothing to say where it is everything, or the first', () => {
    expect(inferLevel([])).toMatchObject({ level: null, at_least: true, rests_on: [] })
    expect(inferLevel(without('dirty-read', cells()))).toMatchObject({ level: null, not_played: ['dirty-read'] })
    expect(inferLevel([cell('deadlock', null)]).level).toBeNull()
  })

  test('and a cell that nobody judged was not played', () => {
    const unjudged = cells().map(one => (one.demo === 'write-skew' ? cell('write-skew', null) : one))
    expect(inferLevel(unjudged)).toMatchObject({ level: 'snapshot isolation', at_least: true, not_played: ['write-skew'] })
  })
})

test('a broken rule alone says nothing of the level', () => {
  const ruleBroken: ProbeCell = { demo: 'booking', serializable: true, outcome: 'happens' }
  expect(inferLevel(cells().map(one => (one.demo === 'booking' ? ruleBroken : one))).level).toBe('serializable')
})

describe('what happens beside the demos that tell levels apart', () => {
  test('is an exception of a server that seems serializable', () => {
    const { level, exceptions } = inferLevel([...cells(), cell('truncate', false), cell('quota', true), cell('lock-convoy', null)])
    expect(level).toBe('serializable')
    expect(exceptions).toEqual([{ demo: 'truncate', outcome: 'happens' }])
  })

  test('is to be expected below', () => {
    expect(inferLevel([...cells('booking'), cell('quota', false)]).exceptions).toEqual([])
  })
})
