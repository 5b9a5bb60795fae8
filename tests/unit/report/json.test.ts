import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { OltpError } from '#oltp/errors.js'
import { checkWritable, serialise, writeResult } from '#oltp/report/json.js'
import { sampleResult } from '../../support/sample-result.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oltp-json-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('the document is written whole, for its owner alone, and nothing else is left', () => {
  const path = join(folder, 'result.json')
  writeResult(sampleResult(), path)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(sampleResult())
  expect(readFileSync(path, 'utf8')).toBe(`${serialise(sampleResult())}\n`)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['result.json'])
})

test('a file that is there is replaced, a link is followed', () => {
  const real = join(folder, 'real.json')
  const link = join(folder, 'link.json')
  writeFileSync(real, 'something longer than the document? '.repeat(10_000))
  chmodSync(real, 0o644)
  symlinkSync(real, link)
  writeResult(sampleResult({ tps: 7 }), link)
  expect(JSON.parse(readFileSync(real, 'utf8'))).toMatchObject({ tps: 7 })
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect(readlinkSync(link)).toBe(real)
})

test('a pipe is written to, not replaced', () => {
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    writeResult(sampleResult(), pipe)
    expect(JSON.parse(readFileSync(reader, 'utf8'))).toEqual(sampleResult())
  } finally {
    closeSync(reader)
  }
  expect(statSync(pipe).isFIFO()).toBe(true)
})

test('a place that cannot be written to is found out before the run as well', () => {
  expect(() => checkWritable(join(folder, 'absent', 'result.json'))).toThrow('there is no such folder')
  expect(() => checkWritable(folder)).toThrow('it is a folder')
  checkWritable(join(folder, 'result.json'))
  expect(readdirSync(folder)).toEqual([])
})

test('a place that cannot be written to is a clear error, and what was there stays', () => {
  const attempt = (path: string) => {
    try {
      writeResult(sampleResult(), path)
      return 'written'
    } catch (error) {
      return error instanceof OltpError ? `${error.exitCode}: ${error.message.replace(folder, '…')}` : error
    }
  }
  expect(attempt(join(folder, 'absent', 'result.json'))).toBe(
    '2: the result cannot be written to …/absent/result.json: there is no such folder',
  )
  expect(attempt(folder)).toBe('2: the result cannot be written to …: it is a folder')
  expect(readdirSync(folder)).toEqual([])
})
