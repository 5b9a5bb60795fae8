import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import { oltp } from '../support/oltp.js'

const readme = readFileSync('README.md', 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'oltp-readme-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The command lines in the README's shell blocks. */
const lines = [...readme.matchAll(/```sh\n(.*?)```/gs)].flatMap(block => (block[1] ?? '').trim().split('\n'))
const commands = lines.filter(line => line.startsWith('npx oltp '))
const breaks = (command: string) => command.includes('--variant naive')

it('begins with the two commands, the second of which is what CI runs', () => {
  expect(lines[0]).toBe('npm install && npx oltp bench transfers')
  expect(lines[1]).toBe('npm ci && npm test')
  expect(readFileSync('.ci/run', 'utf8')).toContain(lines[1])
  expect(lines.slice(2)).toEqual(commands)
})

it.each(commands)('%s', async command => {
  const words = command.replace(/ > \S+$/, '').match(/'[^']*'|\S+/g) ?? []
  const args = words.slice(2).map(word => word.replaceAll("'", ''))
  const run = await oltp(args, { cwd: folder })
  expect(run.exitCode, run.stderr).toBe(breaks(command) ? exitCodes.broke : exitCodes.ok)
})

it('links to pages that are there', () => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(link => link[1] ?? '')
  expect(links.length).toBeGreaterThan(3)
  expect(links.filter(link => !existsSync(link))).toEqual([])
})
