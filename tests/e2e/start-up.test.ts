import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { oltp } from '../support/oltp.js'

/** Packages that take their time to load. */
const heavy = ['ink', 'react', 'pg', 'mysql2', 'zod', 'yaml', 'hdr-histogram-js', 'umzug', 'execa', 'cli-table3']

test.each([['--help'], ['bench', '--help'], ['demo', '--help'], ['--version']])(
  'oltp %s %s loads nothing that it does not need',
  async (...args) => {
    expect(await packagesLoadedBy(args)).toEqual([])
  },
)

test('what a command does need is seen to be loaded', async () => {
  expect(await packagesLoadedBy(['scenarios', 'check', 'transfers'])).toEqual(expect.arrayContaining(['yaml', 'zod']))
})

/** As Node's own coverage tells: it names every file that was run. */
async function packagesLoadedBy(args: readonly string[]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'oltp-start-up-'))
  try {
    await oltp(args, { env: { NODE_V8_COVERAGE: folder } })
    const files = readdirSync(folder).flatMap(
      (name): { readonly url: string }[] => JSON.parse(readFileSync(join(folder, name), 'utf8')).result,
    )
    expect(files.some(({ url }) => url.endsWith('/dist/cli/main.js'))).toBe(true)
    return heavy.filter(name => files.some(({ url }) => url.includes(`/node_modules/${name}/`)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
