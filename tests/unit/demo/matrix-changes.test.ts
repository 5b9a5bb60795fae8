import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compareMatrices } from '#oltp/demo/matrix-changes.js'
import type { Matrix } from '#oltp/demo/matrix-model.js'
import { OltpError } from '#oltp/errors.js'
import { changeLines } from '#oltp/report/demo/matrix-diff.js'
import { readMatrix } from '#oltp/report/demo/matrix-file.js'
import { mysql, postgres, sampleCell, sampleMatrix } from '../../support/sample-matrix.js'

const prevented = { outcome: 'error', codes: ['40001'], serializable: true, rule_held: true } as const
const cells = [sampleCell(postgres, 'lost-update', 'read committed'), sampleCell(postgres, 'lost-update', 'serializable', prevented)]
const before = sampleMatrix([postgres], cells)

const linesOf = (now: Matrix, then: Matrix = before) => changeLines(compareMatrices(then, now))

describe('what changed', () => {
  test('is nothing between a matrix and itself, read from its document', () => {
    expect(linesOf(before)).toEqual(['nothing changed'])
    expect(linesOf(JSON.parse(JSON.stringify(before)))).toEqual(['nothing changed'])
  })

  test('is said cell by cell', () => {
    const now = sampleMatrix([postgres], [cells[0] as never, sampleCell(postgres, 'lost-update', 'serializable')])
    expect(linesOf(now)).toEqual(['lost-update at serializable on PostgreSQL 18.4: ! 40001 → ✗ happens'])
  })

  test.each([
    ['another code', { codes: ['40P01'] }, '! 40001 → ! 40P01'],
    ['the rule alone', { rule_held: null }, '! 40001 (rule kept, serializable, 40001) → (serializable, 40001)'],
    ['one code more', { codes: ['40001', '40001'] }, '! 40001 (rule kept, serializable, 40001) → (rule kept, serializable, 40001, 40001)'],
  ])('is noticed when it is %s', (_, more, text) => {
    const now = sampleMatrix(
      [postgres],
      [cells[0] as never, sampleCell(postgres, 'lost-update', 'serializable', { ...prevented, ...more })],
    )
    expect(linesOf(now)).toEqual([`lost-update at serializable on PostgreSQL 18.4: ${text}`])
  })

  test('is not which of two sessions was answered first', () => {
    const codes = (...all: string[]) =>
      sampleMatrix([postgres], [sampleCell(postgres, 'deadlock', 'serializable', { ...prevented, codes: all })])
    expect(linesOf(codes('40P01', '25P02'), codes('25P02', '40P01'))).toEqual(['nothing changed'])
  })

  test('a server is known by its engine after an upgrade', () => {
    const newer = { ...postgres, version: '19.1', server: 'PostgreSQL 19.1' }
    const upgraded = sampleMatrix(
      [newer],
      [sampleCell(newer, 'lost-update', 'read committed', prevented), sampleCell(newer, 'lost-update', 'serializable', prevented)],
    )
    expect(linesOf(upgraded)).toEqual([
      'PostgreSQL 18.4 then, PostgreSQL 19.1 now',
      'lost-update at read committed on PostgreSQL 19.1: ✗ happens → ! 40001',
    ])
  })

  test('what only one of the two has is counted, not compared', () => {
    const more = sampleMatrix([postgres, mysql], [...cells, sampleCell(mysql, 'lost-update', 'serializable')])
    expect(linesOf(more)).toEqual(['nothing changed', 'not compared: 1 cell of which the earlier matrix has nothing'])
    expect(linesOf(before, more)).toEqual(['nothing changed', 'not compared: 1 cell that only the earlier matrix has'])
  })

  test('a level that is another one is said, too', () => {
    const dirty = (serializable: boolean) =>
      sampleMatrix(
        [postgres],
        [sampleCell(postgres, 'dirty-read', 'read committed', { serializable, outcome: serializable ? 'prevented' : 'happens' })],
      )
    expect(linesOf(dirty(false), dirty(true))).toContain(
      'read committed on PostgreSQL 18.4 was at least read committed and is read uncommitted',
    )
  })
})

describe('an earlier matrix', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oltp-matrix-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }

  test('is read, whatever else its document has', () => {
    const path = file('earlier.json', JSON.stringify({ ...before, later_versions_have: 1 }))
    expect(changeLines(compareMatrices(readMatrix(path), before))).toEqual(['nothing changed'])
  })

  test.each([
    ['no JSON', 'happens', 'cannot be read as JSON'],
    ['another document', '{"format": 1, "servers": []}', '`cells`'],
    ['a later format', JSON.stringify({ ...before, format: 2 }), '`format`'],
    ['a level that there is not', JSON.stringify(before).replaceAll('"read committed"', '"read sometimes"'), 'isolation'],
  ])('is refused where it is %s', (_, text, said) => {
    const path = file('bad.json', text)
    const error = failure(() => readMatrix(path))
    expect(error).toMatchObject({ code: 'MATRIX_UNREADABLE', exitCode: 2 })
    expect(error.message).toContain(said)
    expect(error.hint).toContain('--format json')
  })

  test('is missed where there is none', () => {
    expect(failure(() => readMatrix(join(folder, 'nowhere.json'))).message).toBe(`there is no file ${join(folder, 'nowhere.json')}`)
  })
})

function failure(work: () => unknown): OltpError {
  try {
    work()
  } catch (error) {
    if (error instanceof OltpError) return error
    throw error
  }
  throw new Error('it did not fail')
}
