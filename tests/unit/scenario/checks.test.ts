import { describe, expect, test } from 'vitest'
import { OltpError } from '#oltp/errors.js'
import { anomalyNames } from '#oltp/scenario/anomalies.js'
import type { Check } from '#oltp/scenario/model.js'
import { parseScenario } from '#oltp/scenario/parse.js'

const transactions = `version: 1
name: x
transactions:
  append:
    let: { k: 1, e: sequence('e') }
    steps:
      - sql: UPDATE list SET v = CONCAT(v, ',', :e) WHERE k = :k
  look:
    steps:
      - repeat: 2
        let: { k: "uniform(1, 2)" }
        steps:
          - sql: SELECT v FROM list WHERE k = :k
            save: v
  other:
    let: { id: 1 }
    steps:
      - sql: UPDATE counter SET n = n + 1 WHERE id = :id
`

function checksOf(text: string): readonly Check[] {
  return parseScenario(`${transactions}checks:\n${text}`, 'x.yaml', '').checks
}

function problemsOf(text: string): string[] {
  try {
    checksOf(text)
    return []
  } catch (error) {
    if (!(error instanceof OltpError)) throw error
    return error.problems.map(({ message }) => message)
  }
}

const lists = 'list_append: { table: list, key: k, list: v, element: e }'

describe('a check', () => {
  test('of lists is about the transactions that have its names, also within loops', () => {
    expect(checksOf(`  - name: lists\n    ${lists}\n`)).toEqual([
      {
        kind: 'list_append',
        name: 'lists',
        table: 'list',
        key: 'k',
        list: 'v',
        element: 'e',
        transactions: ['append', 'look'],
        forbid: null,
        allow: [],
      },
    ])
  })

  test('may name its transactions, and what it forbids and allows', () => {
    const [check] = checksOf(`  - name: lists\n    ${lists}\n    transactions: look\n    forbid: all\n    allow: [lost update, G2-item]\n`)
    expect(check).toMatchObject({ transactions: ['look'], forbid: anomalyNames, allow: ['lost update', 'G2-item'] })
  })

  test('of counters says whose commits count', () => {
    const counter = '  - name: c\n    lost_updates: { table: counter, key: id, value: n }\n'
    expect(checksOf(`${counter}    transactions: other\n`)[0]).toMatchObject({ kind: 'lost_updates', transactions: ['other'] })
    expect(problemsOf(counter)).toEqual(['`lost_updates` needs `transactions`: those that each add 1'])
  })

  test('of write skew is an expression over what a transaction has', () => {
    expect(checksOf('  - name: s\n    write_skew: v = 1 and k = 1\n')[0]).toMatchObject({ transactions: ['look'] })
    expect(problemsOf('  - name: s\n    write_skew: nobody = 0\n')[0]).toContain('nobody')
    expect(problemsOf('  - name: s\n    write_skew: v = 1 and id = 1\n')).toEqual(['no transaction has all of v, id'])
  })

  test.each([
    ['no kind', '  - name: a\n', 'a check has one of list_append, lost_updates, write_skew; found none'],
    ['two kinds', `  - name: a\n    ${lists}\n    write_skew: k = 1\n`, 'found list_append, write_skew'],
    [
      'a name that no transaction has',
      '  - name: a\n    list_append: { table: l, key: kk, list: v, element: e }\n',
      'no transaction has the name `kk`',
    ],
    ['a transaction without the names', `  - name: a\n    ${lists}\n    transactions: [append, other]\n`, 'transaction `other` has'],
    ['an unknown anomaly', `  - name: a\n    ${lists}\n    forbid: [G3]\n`, 'G3'],
    ['a table that is no name', '  - name: a\n    list_append: { table: "list; x", key: k, list: v, element: e }\n', '`table`'],
    ['the same name twice', `  - name: a\n    ${lists}\n  - name: a\n    ${lists}\n`, 'a second check `a`'],
  ])('is refused with %s', (_, text, message) => {
    expect(problemsOf(text).join('\n')).toContain(message)
  })
})
