import { describe, expect, it } from 'vitest'
import { parseDemo } from '#oltp/scenario/demo/parse.js'

const full = `version: 1
name: two-tickets
kind: anomaly
title: Two tickets
names: [lost update, P4]
theme: Updates that vanish
summary: Two read, two write
story: Two people press Buy.
core: true
workshop: 3
setup:
  - CREATE TABLE products (id INT PRIMARY KEY, qty INT NOT NULL)
  - { mysql: "INSERT INTO products VALUES (1, 10)", postgres: "INSERT INTO products VALUES (1, 10)" }
sessions: [A, CLERK]
engines: [postgres, mariadb]
isolation: repeatable read
levels: { CLERK: serializable }
session: { postgres: { enable_seqscan: off }, mysql: { innodb_lock_wait_timeout: 1 } }
pin: { A: { postgres: { deadlock_timeout: 10s } } }
retry: A
nondeterministic: [victim, wake order]
schedule:
  - A: BEGIN
  - A: SELECT qty FROM products WHERE id = 1
    save: qty
    note: Reads 10
  - CLERK: { mysql: DO SLEEP(0) }
  - wait: A
  - A: UPDATE products SET qty = :remaining WHERE id = :id
    if: qty > 0
    set: { remaining: qty - 1, id: 1 }
    save_count: changed
    on_error: continue
  - A: COMMIT
final: SELECT qty FROM products
rule:
  text: one sold, one less
  holds: qty = 10 - commits and A.changed = 1 and A.commits = 1
variants:
  atomic:
    title: Let the database compute
    fix: true
    cost: nothing
    schedule:
      - A: UPDATE products SET qty = qty - 1
        save_count: changed
    isolation: read committed
  again:
    title: The same once more
`

const minimal = `version: 1
name: lock
kind: locking
title: t
theme: t
summary: s
story: s
setup: []
sessions: [A]
schedule: [A: SELECT 1]
unjudged: nothing is read
`

describe('a demo file', () => {
  const demo = parseDemo(full, 'two-tickets.yaml')

  it('says all that it can say', () => {
    const { text, plot, variants, ...head } = demo
    expect(text).toBe(full)
    expect(head).toEqual({
      ...{ name: 'two-tickets', title: 'Two tickets', kind: 'anomaly', names: ['lost update', 'P4'], theme: 'Updates that vanish' },
      ...{ summary: 'Two read, two write', story: 'Two people press Buy.', core: true, workshop: 3, file: 'two-tickets.yaml' },
    })
    expect(plot).toMatchObject({
      setup: [
        { postgres: 'CREATE TABLE products (id INT PRIMARY KEY, qty INT NOT NULL)' },
        { mysql: 'INSERT INTO products VALUES (1, 10)' },
      ],
      ...{ sessions: ['A', 'CLERK'], engines: ['postgres', 'mariadb'], isolation: 'repeatable read', levels: { CLERK: 'serializable' } },
      settings: {
        postgres: { enable_seqscan: 'off' },
        mysql: { innodb_lock_wait_timeout: '1' },
        mariadb: { innodb_lock_wait_timeout: '1' },
      },
      pin: { A: { postgres: { deadlock_timeout: '10s' }, mysql: {}, mariadb: {} } },
      ...{ retry: ['A'], nondeterministic: ['victim', 'wake order'], unjudged: null },
      rule: { text: 'one sold, one less', holds: { source: 'qty = 10 - commits and A.changed = 1 and A.commits = 1' } },
    })
    expect(variants.map(({ name, title, fix, cost }) => ({ name, title, fix, cost }))).toEqual([
      { name: 'atomic', title: 'Let the database compute', fix: true, cost: 'nothing' },
      { name: 'again', title: 'The same once more', fix: false, cost: null },
    ])
  })

  it('has steps with every default filled in', () => {
    const statement = { kind: 'statement', session: 'A', set: [], when: null, save: [], saveCount: null, onError: 'abort', note: null }
    const [begin, read, other, wait, write] = demo.plot.schedule
    const at = { file: 'two-tickets.yaml', line: 23, column: 8, length: 5, text: '  - A: BEGIN' }
    expect(begin).toEqual({ ...statement, sql: { postgres: 'BEGIN', mysql: 'BEGIN' }, at: { postgres: at, mysql: at } })
    expect(read).toMatchObject({ ...statement, save: ['qty'], note: 'Reads 10' })
    expect(other).toMatchObject({ ...statement, session: 'CLERK', sql: { mysql: 'DO SLEEP(0)' } })
    expect(other?.kind === 'statement' && other.at).toEqual({ mysql: expect.objectContaining({ line: 27, column: 21, length: 11 }) })
    expect(wait).toEqual({ kind: 'wait', session: 'A' })
    expect(write).toMatchObject({ when: { source: 'qty > 0' }, saveCount: 'changed', onError: 'continue' })
    expect(write?.kind === 'statement' && write.set.map(({ name, expression }) => [name, expression.source])).toEqual([
      ['remaining', 'qty - 1'],
      ['id', '1'],
    ])
  })

  it('has variants that keep what they do not say', () => {
    const [atomic, again] = demo.variants
    expect(again?.plot).toEqual(demo.plot)
    expect(atomic?.plot).toEqual({ ...demo.plot, schedule: atomic?.plot.schedule, isolation: 'read committed' })
    expect(atomic?.plot.schedule).toHaveLength(1)
  })

  it('needs little', () => {
    const { plot, ...head } = parseDemo(minimal, 'lock.yaml')
    expect(head).toMatchObject({ names: [], core: false, workshop: null, variants: [] })
    expect(plot).toEqual({
      ...{
        setup: [],
        sessions: ['A'],
        final: null,
        finalAt: {},
        rule: null,
        engines: null,
        isolation: null,
        levels: {},
        settings: {},
        pin: {},
      },
      ...{ retry: [], nondeterministic: [], unjudged: 'nothing is read', schedule: [expect.objectContaining({ session: 'A' })] },
    })
  })

  it('lets every session know its own reads alone, and a step those before it', () => {
    const steps = (lines: string) => minimal.replace('[A]', '[A, B]').replace('schedule: [A: SELECT 1]', `schedule:\n${lines}`)
    expect(() => parseDemo(steps('  - { A: SELECT 1 AS x, save: x }\n  - { A: "SELECT :x" }'), 'f')).not.toThrow()
    expect(() => parseDemo(steps('  - { A: SELECT 1 AS x, save: x }\n  - { B: "SELECT :x" }'), 'f')).toThrow('has a problem')
    expect(() => parseDemo(steps('  - { A: "SELECT :x" }\n  - { A: SELECT 1 AS x, save: x }'), 'f')).toThrow('has a problem')
    expect(() => parseDemo(steps('  - { A: "SELECT :x", save: x }'), 'f')).toThrow('has a problem')
    expect(() => parseDemo(steps('  - { A: "SELECT :x", set: { x: 1 } }'), 'f')).not.toThrow()
  })
})
