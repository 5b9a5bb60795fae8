import { describe, expect, test } from 'vitest'
import { displayWidth } from '#oltp/format.js'
import { matrixHtml } from '#oltp/report/demo/matrix-html.js'
import { matrixMarkdown } from '#oltp/report/demo/matrix-markdown.js'
import { matrixTable } from '#oltp/report/demo/matrix-table.js'
import { mysql, postgres, sampleCell, sampleMatrix, sampleStep } from '../../../support/sample-matrix.js'

const error = { outcome: 'error', codes: ['40001', '25P02', '40001'], serializable: true, rule_held: true } as const
const cells = [
  sampleCell(postgres, 'lost-update', 'read committed'),
  sampleCell(postgres, 'lost-update', 'serializable', error),
  sampleCell(mysql, 'lost-update', 'read committed', { outcome: 'waits', serializable: true, rule_held: true }),
  sampleCell(mysql, 'lost-update', 'serializable', { outcome: 'prevented', serializable: true, rule_held: null }),
]
const gaps = [
  {
    server: postgres.server,
    demo: 'ghost-row',
    variant: null,
    isolation: 'serializable' as const,
    reason: 'it is told on mysql only',
    failed: false,
  },
  {
    server: mysql.server,
    demo: 'ghost-row',
    variant: null,
    isolation: 'serializable' as const,
    reason: 'its tables cannot be made',
    failed: true,
  },
]
const matrix = sampleMatrix([postgres, mysql], cells, gaps)

describe('the table', () => {
  const table = (columns: number) => matrixTable(matrix, { colour: false, columns })

  test('says with a sign and a word what each cell came to', () => {
    expect(table(120)).toMatch(/lost-update +✗ happens +! 40001 \+1 +… waits +✓ prevented/)
    expect(table(120)).toMatch(/ghost-row +– +\? failed/)
  })

  test('puts servers beside each other where there is room, else below', () => {
    expect(
      table(120)
        .split('\n')
        .some(line => /PostgreSQL 18\.4 +MySQL 9\.7\.4/.test(line)),
    ).toBe(true)
    expect(
      table(60)
        .split('\n')
        .some(line => /PostgreSQL 18\.4 +MySQL 9\.7\.4/.test(line)),
    ).toBe(false)
  })

  test.each([60, 80, 120, 200])('fits into %i columns', columns => {
    for (const line of table(columns).split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(columns)
  })

  test('fits into 80 columns with all four levels', () => {
    const four = { ...matrix, isolation_levels: ['read uncommitted', 'read committed', 'repeatable read', 'serializable'] as const }
    for (const line of matrixTable(four, { colour: false, columns: 80 }).split('\n'))
      expect(displayWidth(line), line).toBeLessThanOrEqual(80)
  })

  test('groups by theme, marks the default, and says why what was not played was not', () => {
    expect(table(120)).toContain('Updates that vanish\n  lost-update')
    expect(table(120)).toMatch(/committed \*/)
    expect(table(120)).toContain('ghost-row at serializable on MySQL 9.7.4: its tables cannot be made')
    expect(table(120)).not.toContain('told on mysql only')
  })
})

describe('with ways out', () => {
  const fixes = [
    { name: 'for-update', title: 'Lock the row', cost: 'buyers queue', isolation: null },
    { name: 'retry', title: 'Serializable, and again <after> an error', cost: 'some buy twice', isolation: 'serializable' as const },
  ]
  const waits = { outcome: 'waits', serializable: true, rule_held: true } as const
  const played = [
    ...cells,
    sampleCell(postgres, 'lost-update', 'read committed', { variant: 'for-update', ...waits }),
    sampleCell(postgres, 'lost-update', 'serializable', { variant: 'for-update', ...error }),
    sampleCell(postgres, 'lost-update', 'read committed', { variant: 'retry' }),
    sampleCell(postgres, 'lost-update', 'serializable', { variant: 'retry', ...error }),
  ]
  const missing = (variant: string, failed: boolean) =>
    (['read committed', 'serializable'] as const).map(isolation => {
      return { server: mysql.server, demo: 'lost-update', variant, isolation, reason: `${variant} is not for MySQL`, failed }
    })
  const gapsOfFixes = [...missing('for-update', true), ...missing('retry', false)]
  const withFixes = sampleMatrix([postgres, mysql], played, gapsOfFixes, { 'lost-update': fixes })

  test('each is a row below its story, marked at the level that it is meant for', () => {
    const table = matrixTable(withFixes, { colour: false, columns: 120 })
    expect(table).toMatch(/\n {2}lost-update +✗ happens +! 40001 \+1 +… waits +✓ prevented\n/)
    expect(table).toMatch(/\n {3}↳ for-update +… waits +! 40001 \+1 +\? failed +\? failed\n/)
    expect(table).toMatch(/\n {3}↳ retry +✗ happens +! 40001 \+1 • +– +–\n/)
    expect(table).toContain('• at the level that it is meant for')
    expect(table).toContain('lost-update, fix for-update at serializable on MySQL 9.7.4: for-update is not for MySQL')
    expect(matrixTable(matrix, { colour: false, columns: 120 })).not.toMatch(/[↳•]/)
  })

  test('the same in Markdown', () => {
    const text = matrixMarkdown(withFixes)
    expect(text).toContain(
      '| lost-update | ✗ happens | ! 40001 +1 |\n| ↳ for-update | … waits | ! 40001 +1 |\n| ↳ retry | ✗ happens | ! 40001 +1 • |',
    )
    expect(text).toContain('- • at the level that it is meant for')
  })

  test('on the page each has its transcripts, under its title and cost', () => {
    const page = matrixHtml(withFixes, null)
    const targets = [...page.matchAll(/href="#(cell-[\d-]+)"/g)].map(([, id]) => id)
    expect(new Set(targets).size).toBe(played.length)
    for (const id of targets) expect(page.split(`id="${id}"`)).toHaveLength(2)
    for (const [, id] of page.matchAll(/href="#(demo-[\w-]+)"/g)) expect(page.split(`id="${id}"`)).toHaveLength(2)
    expect(page).toContain('<h4 id="demo-lost-update-retry">↳ Serializable, and again &lt;after&gt; an error</h4>')
    expect(page).toContain('Meant for serializable. The cost: some buy twice.')
    expect(page).toContain('MySQL 9.7.4: retry is not for MySQL')
  })
})

test('Markdown is a table per server, in which nothing of others is markup', () => {
  const named = { ...postgres, server: 'Postgre|SQL <b>' }
  const text = matrixMarkdown(sampleMatrix([named, mysql], [sampleCell(named, 'lost-update', 'read committed')]))
  expect(text).toContain('## Postgre\\|SQL \\<b\\>')
  expect(text).toContain('| lost-update | ✗ happens |  |')
  expect(text.match(/^## /gm)).toHaveLength(2)
})

describe('the page', () => {
  const page = matrixHtml(matrix, null)

  test('needs nothing else: no script, nothing from elsewhere', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|https?:|url\(|@import|javascript:|\bon\w+=/i)
  })

  test('leads from every cell to what happened there, inside of what is closed', () => {
    const targets = [...page.matchAll(/href="#(cell-[\d-]+)"/g)].map(([, id]) => id)
    expect(targets).toHaveLength(cells.length)
    for (const id of targets) expect(page).toMatch(new RegExp(`<details><summary>[^\\n]*</summary><div id="${id}">`))
    expect(new Set(targets).size).toBe(cells.length)
  })

  test('tells the steps, the wait, the answer and why', () => {
    expect(page).toContain('UPDATE products SET qty = 9')
    expect(page).toContain('… waits for A (X on products.PRIMARY 1), until step 3')
    expect(page).toContain('<td>10</td>')
    expect(page).toContain('B overwrote 9 with 9: it had read 10 before A committed.')
  })

  test('shows what others wrote as text', () => {
    const evil = '<img src=x onerror="alert(1)">\u202e & more'
    const cell = sampleCell(postgres, 'lost-update', 'read committed', {
      title: evil,
      rule: evil,
      explanation: [evil],
      final: { columns: [evil], rows: [[evil]] },
      steps: [
        sampleStep(1, 'A', `SELECT '${evil}'`, {
          status: 'failed',
          error: { code: evil, message: evil, detail: null, hint: null },
          note: evil,
        }),
        sampleStep(2, 'A', 'SELECT 1', { answer: { columns: [evil], rows: [[evil]], affected: 1, tag: null } }),
      ],
    })
    const server = { ...postgres, server: evil }
    const text = matrixHtml(sampleMatrix([server], [{ ...cell, server: evil }]), null)
    expect(text).not.toContain('<img')
    expect(text).not.toContain('\u202e')
    expect(text).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;')
  })

  test('says what changed, where there is something to compare with', () => {
    const changes = { servers: [], cells: [], levels: [], only_before: 0, only_after: 0 }
    expect(matrixHtml(matrix, changes)).toContain('nothing changed')
    expect(page).not.toContain('What changed')
  })
})
