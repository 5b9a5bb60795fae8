import { describe, expect, test } from 'vitest'
import { readSources, type SourceFile, withoutComments } from '../support/sources.js'

/** Who may ask which engine it is; elsewhere a table with an entry for each tells what differs. */
const rooms = ['database/', 'server/']

const name = /['"`](?:postgres|postgresql|mysql|mariadb)['"`]/i.source
const member = /(?:postgres|postgresql|mysql|mariadb)\b/i.source

const questions: readonly RegExp[] = [
  new RegExp(`[!=]==?\\s*${name}`, 'gi'),
  new RegExp(`${name}\\s*[!=]==?`, 'gi'),
  new RegExp(`\\bcase\\s+${name}`, 'gi'),
  new RegExp(`\\.(?:includes|indexOf|has|startsWith|endsWith|get|test|match)\\(\\s*${name}`, 'gi'),
  new RegExp(`\\[\\s*${name}\\s*\\]\\s*\\.(?:includes|indexOf)\\(`, 'gi'),
  new RegExp(`[\\w)\\]]\\??\\.(?:${member})`, 'gi'),
  new RegExp(`[\\w)\\]]\\[\\s*${name}\\s*\\]`, 'gi'),
  new RegExp(`/[^/\\n]*${member}[^/\\n]*/[a-z]*\\.(?:test|exec)\\(`, 'gi'),
]

/** Where a file asks. */
function asks({ path, text }: SourceFile): string[] {
  const code = withoutComments(text)
  return questions.flatMap(question => [...code.matchAll(question)].map(([found]) => `${path}: ${found}`))
}

describe('which engine it is', () => {
  const files = readSources()
  const elsewhere = files.filter(({ path }) => !rooms.some(room => path.startsWith(room)))

  test('is asked in the rooms of the engines alone', () => {
    expect(elsewhere.length).toBeGreaterThan(200)
    expect(elsewhere.flatMap(asks)).toEqual([])
  })

  test('is asked there, which is noticed', () => {
    expect(files.filter(({ path }) => path.startsWith('database/mysql/')).flatMap(asks)).not.toEqual([])
  })
})

describe('the question is noticed', () => {
  test.each([
    "if (dialect === 'postgres') return",
    "return dialect !== 'mysql'",
    "const own = 'mariadb' === stage.dialect",
    "server.product === 'MariaDB' ? 1 : 2",
    "switch (engine) { case 'postgres': return 1 }",
    "engines.includes('mysql')",
    "['mysql', 'mariadb'].some(known => known === dialect) || ['mysql'].includes(dialect)",
    'return session.mysql ?? {}',
    'return session?.mariadb',
    "return session['mysql']",
    '/mariadb/i.test(version)',
  ])('in %s', text => {
    expect(asks({ path: 'demo/x.ts', text })).not.toEqual([])
  })

  test.each([
    "export const dialects = ['postgres', 'mysql', 'mariadb'] as const",
    "const facts = { postgres: 1, mysql: 2, mariadb: { like: 'mysql' } }",
    'return facts[dialect]',
    "const engine = options.engine ?? 'postgres'",
    "if (kind === 'anomaly') return // not dialect === 'postgres'",
    "const mysql = await import('../database/mysql/index.js')",
    "option('--url <url>', 'as in postgres://user@host or mysql://user@host')",
  ])('and not in %s', text => {
    expect(asks({ path: 'demo/x.ts', text })).toEqual([])
  })
})
