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

  test('tells a way out from its story', () => {
    const fix = { variant: 'for-update', outcome: 'waits', serializable: true, rule_held: true } as const
    const fixed = (more = {}) => sampleCell(postgres, 'lost-update', 'serializable', { ...fix, ...more })
    const then = sampleMatrix([postgres], [...cells, fixed()])
    expect(linesOf(then, then)).toEqual(['nothing changed'])
    expect(linesOf(sampleMatrix([postgres], [...cells, fixed({ outcome: 'error', codes: ['40001'] })]), then)).toEqual([
      'lost-update, fix for-update at serializable on PostgreSQL 18.4: … waits → ! 40001',
    ])
    expect(linesOf(before, then)).toEqual(['nothing changed', 'not compared: 1 cell that only the earlier matrix has'])
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

  test('is read of the format before ways out were part of it', () => {
    const path = file('first.json', JSON.stringify({ ...before, format: 1 }))
    expect(changeLines(compareMatrices(readMatrix(path), before))).toEqual(['nothing changed'])
  })

  test('is left to the version that wrote it, where its format is a newer one', () => {
    const error = failure(() => readMatrix(file('newer.json', JSON.stringify({ format: 3, cells: {} }))))
    expect(error).toMatchObject({ code: 'MATRIX_UNREADABLE', exitCode: 2 })
    expect(error.message).toContain('newer.json was written by a newer oltp: its format is 3')
    expect(error.hint).toContain('reads formats up to 2')
  })

  test.each([
    ['no JSON', 'happens', 'is not JSON'],
    ['no object', '[]', 'not a matrix of demos: it holds something else'],
    ['the document of one demo', '{"demo": "lost-update"}', 'it has no `format` that a matrix has'],
    ['another document', '{"format": 1, "servers": []}', '`cells`'],
    ['a level that there is not', JSON.stringify(before).replaceAll('"read committed"', '"read sometimes"'), 'isolation'],
  ])('is refused where it is %s', (_, text, said) => {
    const path = file('bad.json', text)
    const error = failure(() => readMatrix(path))
    expect(error).toMatchObject({ code: 'MATRIX_UNREADABLE', exitCode: 2 })
    expect(error.message).toContain(said)
    expect(error.hint).toContain('--format json')
  })

  test('is no folder', () => {
    expect(failure(() => readMatrix(folder)).message).toBe(`${folder} cannot be read: it is a folder`)
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
