import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** Beyond this a file has a second subject. */
const longest = 300

test('no file of code is longer than 300 lines', () => {
  const files = ['src', 'tests'].flatMap(codeBelow)
  expect(files.length).toBeGreaterThan(200)
  expect(files.flatMap(file => tooLong(file, readFileSync(file, 'utf8')))).toEqual([])
})

test('one that is longer would be noticed', () => {
  expect(tooLong('a.ts', 'x\n'.repeat(300))).toEqual([])
  expect(tooLong('a.ts', 'x\n'.repeat(301))).toEqual(['a.ts has 301 lines'])
  expect(codeBelow('tests')).toContain('tests/unit/project/file-length.test.ts')
  expect(codeBelow('src')).toContain('src/ui/Dashboard.tsx')
})

function tooLong(file: string, text: string): string[] {
  const lines = text.trimEnd().split('\n').length
  return lines > longest ? [`${file} has ${lines} lines`] : []
}

function codeBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(path => join(folder, path))
    .filter(path => /\.tsx?$/.test(path) && !path.startsWith(join('tests', 'fixtures')))
}
