import { describe, expect, it } from 'vitest'
import { explainDemo } from '#oltp/demo/explain.js'
import { evidenceOf, type Line } from '../../../support/demo-evidence.js'

const told = (lines: readonly Line[]) => explainDemo(evidenceOf(lines, { outcome: 'error' }))

describe('a deadlock', () => {
  const ring = (last: Line[2]): readonly Line[] => [
    ...(['A', 'B', 'C'].map(session => [session, 'BEGIN']) satisfies readonly Line[]),
    ['A', 'UPDATE t SET n = 1 WHERE id = 2', { waitsFor: ['B'], wokenBy: 8 }],
    ['B', 'UPDATE t SET n = 1 WHERE id = 3', { waitsFor: ['C'], wokenBy: 6 }],
    ['C', 'UPDATE t SET n = 1 WHERE id = 1', { error: '40P01', transaction: 'failed', ...last }],
    ['C', 'ROLLBACK'],
    ['B', 'COMMIT'],
  ]

  it('names all who stood in the circle', () => {
    expect(told(ring({ waitsFor: ['A'] }))).toContain('A, B and C waited for each other: the server ended that by refusing C (step 6).')
  })

  it('names none where the last wait was not seen, and two may have closed it', () => {
    expect(told(ring({}))).toContain('The server ended a deadlock by refusing C (step 6).')
  })

  it('names the only other one who was there', () => {
    const lines: readonly Line[] = [
      ['A', 'BEGIN'],
      ['B', 'BEGIN'],
      ['A', 'UPDATE t SET n = 1 WHERE id = 2', { waitsFor: ['B'], error: '1213', transaction: 'none' }],
      ['B', 'UPDATE t SET n = 1 WHERE id = 1'],
    ]
    expect(told(lines)).toContain('A and B waited for each other: the server ended that by refusing A (step 3).')
  })
})

describe('a wait', () => {
  it('that another ended than the one it began with', () => {
    const lines: readonly Line[] = [
      ['A', 'UPDATE t SET n = 1', { waitsFor: ['B'], wokenBy: 2 }],
      ['C', 'COMMIT'],
    ]
    expect(told(lines)[0]).toBe('A waited first for B (step 1), until C committed (step 2).')
  })
  it('behind one who waited for that other', () => {
    const lines: readonly Line[] = [
      ['A', 'ALTER TABLE t ADD COLUMN n INT', { waitsFor: ['C'], wokenBy: 3 }],
      ['B', 'SELECT 1 FROM t', { waitsFor: ['A'], wokenBy: 3, rows: [[1]] }],
      ['C', 'COMMIT'],
    ]
    expect(told(lines)).toContain('B waited for A (step 2), until C committed (step 3).')
  })
})
