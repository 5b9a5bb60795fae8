import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import { type Bench, openBench, ownNamespace } from '../support/namespace.js'
import { oltp } from '../support/oltp.js'
import { engines } from '../support/servers.js'

const namespace = ownNamespace('pages')
const folder = mkdtempSync(join(tmpdir(), 'oltp-pages-'))
const urls = engines.flatMap(({ url }) => ['--url', url])
let benches: Bench[] = []

beforeAll(async () => {
  benches = await Promise.all(engines.map(({ url }) => openBench(url)))
})
afterAll(async () => {
  for (const bench of benches) {
    await bench.clean(namespace)
    await bench.close()
  }
  rmSync(folder, { recursive: true, force: true })
})

/** Of Debian's packages other versions will come; what they do is what the page is about. */
function withoutVersions(page: string): string {
  return page.replace(/(PostgreSQL|MySQL|MariaDB) \d[\d.]*/g, '$1')
}

it('a page is what its demo comes to on real servers, and nothing else', async () => {
  const { exitCode, stderr } = await oltp(['demo', '--pages', folder, 'lost-update', ...urls, '--namespace', namespace])
  expect(exitCode, stderr).toBe(exitCodes.ok)
  expect(readdirSync(folder)).toEqual(['lost-update.md'])
  const made = readFileSync(join(folder, 'lost-update.md'), 'utf8')
  expect(withoutVersions(made)).toBe(withoutVersions(readFileSync('docs/demos/lost-update.md', 'utf8')))
  expect(made).toMatch(/\| PostgreSQL [\d.]+ \| ✗ happens \| \*\*✗ happens\*\* \| ! 40001 \| ! 40001 \|/)
})

it('every demo that ships has its page', () => {
  const names = (folder: string, ending: string) =>
    readdirSync(folder)
      .filter(file => file.endsWith(ending))
      .map(file => file.slice(0, -ending.length))
      .sort()
  expect(names('docs/demos', '.md')).toEqual(names('scenarios/demos', '.yaml'))
})

it('--pages stands alone', async () => {
  const { exitCode, stderr } = await oltp(['demo', '--pages', folder, '--matrix'])
  expect(exitCode).toBe(exitCodes.usage)
  expect(stderr).toContain('--pages')
})
