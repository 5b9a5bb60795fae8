import { expect, test } from 'vitest'
import type { DemoView } from '#oltp/ui/demo/model.js'
import { drawDemo } from '#oltp/ui/demo/views.js'
import { bWaits, crowd, finished, resultOf, sceneOf, verdictOf, viewOf, waiting } from '../../../support/demo-scene.js'
import { textOf } from '../../../support/screens.js'

const locks = [
  { session: 'A', object: 'products', mode: 'RowExclusiveLock', granted: true },
  { session: 'B', object: 'transaction 42', mode: 'ShareLock', granted: false },
]
const atBeginning = viewOf(sceneOf([]))
const atWait = viewOf(sceneOf(waiting, bWaits))
const atEnd = viewOf(sceneOf(finished), { page: 'verdict', verdict: verdictOf(resultOf()) })
const inCrowd = viewOf(sceneOf([{}, {}, {}, {}], {}, crowd), { demo: crowd })
const drawn = (view: DemoView, columns: number, rows: number) => textOf(drawDemo(view, columns, rows).lines)

test('80x24: before the first step, the story', () => {
  expect(drawn(atBeginning, 80, 24)).toMatchInlineSnapshot(`
    " Two tickets sold  lost update                                  PostgreSQL 18.4
     tickets                                           read committed   step 0 of 8

     Ten tickets are left. Two checkouts read 10 and store 9.

          A  in transaction                  │   B  in transaction
    ─────────────────────────────────────────┼─────────────────────────────────────
      1 ▸ BEGIN                              │
      2                                      │   BEGIN
      3   SELECT qty FROM products           │
            WHERE id = 1                     │
      4                                      │   SELECT qty FROM products
                                             │     WHERE id = 1
      5   UPDATE products SET qty = :qty - 1 │
            WHERE id = 1                     │
      6                                      │   UPDATE products SET qty = :qty - 1
                                             │     WHERE id = 1
      7   COMMIT                             │
      8                                      │   COMMIT

    ─ Who waits for whom ───────────────────────────────────────────────────────────
     nobody waits
     space step  a play  b back  r restart  i level  f fix  l locks  ? keys  q quit"
  `)
})

test('80x24: while one waits', () => {
  expect(drawn({ ...atWait, locks }, 80, 24)).toMatchInlineSnapshot(`
    " Two tickets sold  lost update                                  PostgreSQL 18.4
     tickets                                           read committed   step 6 of 8
          A  in transaction                  │   B  … waits for A
    ─────────────────────────────────────────┼──────────────────────────────── ↑ 7
                                             │     WHERE id = 1
                                             │   qty
                                             │    10
      5 ✓ UPDATE products SET qty = :qty - 1 │
            WHERE id = 1                     │
          1 row                              │
      6                                      │ · UPDATE products SET qty = :qty - 1
                                             │     WHERE id = 1
                                             │   waits for A: transactionid
                                             │   ShareLock
                                             │   Computed from what B read
      7 ▸ COMMIT                             │
      8                                      │   COMMIT
    ─ Who waits for whom ───────────────────────────────────────────────────────────
     B ──▶ A  transactionid ShareLock
    ─ Locks, as PostgreSQL lists them ──────────────────────────────────────────────
     B  … wants ShareLock         transaction 42
     A  ✓ holds RowExclusiveLock  products
     space step  a play  b back  r restart  i level  f fix  l locks  ? keys  q quit"
  `)
})

test('80x24: the verdict', () => {
  expect(drawn(atEnd, 80, 24)).toMatchInlineSnapshot(`
    " Two tickets sold  lost update                                  PostgreSQL 18.4
     tickets                                               read committed   verdict

      ✗  HAPPENS   it goes wrong, and nobody is told

     ✗ rule broken   ✗ not serializable   left: qty 9

     B overwrote 9 with 9: it had read 10        ─ Every level, on PostgreSQL 18.4 ─
     before A committed.                            read uncommitted ✗ happens
                                                  ▸ read committed   ✗ happens
                                                    repeatable read  ! error 40001
                                                    serializable     ! error 40001
                                                 ─ Ways out, f shows the next ──────
                                                  f Lock the row
                                                      costs: buyers queue
                                                    Serializable
                                                      costs: retries





     b back  r restart  i level  f fix  v variant  ? keys  q quit"
  `)
})

test('120x40: the verdict in big letters, the levels and the ways out beside it', () => {
  expect(drawn(atEnd, 120, 40)).toMatchInlineSnapshot(`
    " Two tickets sold  lost update                                                                          PostgreSQL 18.4
     tickets                                                                                       read committed   verdict

         █  █  ██  ███  ███  ████ █   █  ███
         █  █ █  █ █  █ █  █ █    ██  █ █
      ✗  ████ ████ ███  ███  ███  █ █ █  ██
         █  █ █  █ █    █    █    █  ██    █
         █  █ █  █ █    █    ████ █   █ ███

       it goes wrong, and nobody is told

     ✗ rule broken   ✗ not serializable   left: qty 9

     B overwrote 9 with 9: it had read 10 before A              ─ Every level, on PostgreSQL 18.4 ──────────────────────────
     committed.                                                    read uncommitted ✗ happens
                                                                 ▸ read committed   ✗ happens
                                                                   repeatable read  ! error 40001
                                                                   serializable     ! error 40001
                                                                ─ Ways out, f shows the next ───────────────────────────────
                                                                 f Lock the row
                                                                     costs: buyers queue
                                                                   Serializable
                                                                     costs: retries















     b back  r restart  i level  f fix  v variant  ? keys  q quit"
  `)
})

test('80x24: sessions that have no room for columns have lanes', () => {
  expect(drawn(inCrowd, 80, 24)).toMatchInlineSnapshot(`
    " A crowd                                                        PostgreSQL 18.4
     crowd                                             read committed   step 4 of 5
     FIRST  in transaction   SECOND  in transaction   THIRD  in transaction
     FOURTH  in transaction
    ────────────────────────────────────────────────────────────────────────────────
      1 FIRST  ✓ UPDATE t SET n = 1 WHERE id = 1

      2 SECOND ✓ UPDATE t SET n = 2 WHERE id = 1

      3 THIRD  ✓ UPDATE t SET n = 3 WHERE id = 1

      4 FOURTH ✓ UPDATE t SET n = 4 WHERE id = 1

      5 FIRST  ▸ COMMIT






    ─ Who waits for whom ───────────────────────────────────────────────────────────
     nobody waits
     space step  a play  b back  r restart  i level  l locks  ? keys  q quit"
  `)
})

test('large: one statement a clause a line, the latest before it', () => {
  expect(drawn(viewOf(sceneOf(waiting.slice(0, 4)), { large: true }), 80, 24)).toMatchInlineSnapshot(`
    " tickets  PostgreSQL 18.4  read committed                           step 4 of 8

     A    ✓ BEGIN

     B    ✓ BEGIN

     A    ✓ SELECT qty FROM products WHERE id = 1
            qty
             10

     B    ✓ SELECT qty FROM products WHERE id = 1
            qty
             10

       ██    ▸ UPDATE products
      █  █     SET qty = :qty - 1
      ████     WHERE id = 1
      █  █
      █  █



     space step  a play  b back  r restart  i level  f fix  l locks  ? keys  q quit"
  `)
})

test('large: statements begin in one column, however long the names, and the one row at the top says which telling this is', () => {
  const scene = sceneOf([{}, {}, {}], {}, crowd)
  const lines = drawn(viewOf(scene, { demo: crowd, large: true }), 80, 24).split('\n')
  expect([...new Set(lines.filter(text => text.includes('UPDATE')).map(text => text.indexOf('UPDATE')))]).toHaveLength(1)
  const fix = { ...sceneOf([]), telling: { engine: 'postgres', variant: 'locked', isolation: null } }
  expect(drawn(viewOf(fix, { large: true }), 80, 24)).toMatch(/^ tickets, locked {2}PostgreSQL 18.4 {2}read committed/)
  expect(drawn(viewOf(fix, { large: true, busy: 'beginning again' }), 80, 24)).toMatch(/^ . beginning again {2}PostgreSQL/)
})

test('before the first step of a way out, its cost', () => {
  const told = (variant: string) => ({ ...sceneOf([]), telling: { engine: 'postgres', variant, isolation: null } })
  for (const large of [false, true]) {
    const fix = drawn(viewOf(told('locked'), { large }), 80, 24)
    expect(fix).toContain('The cost: buyers queue.')
    expect(fix).not.toContain('Ten tickets are left')
    expect(drawn(viewOf(told('other'), { large }), 80, 24)).toContain('Ten tickets are left')
  }
})

test('what does not fit is counted, and how to get there is said', () => {
  const long = { ...atEnd, verdict: verdictOf(resultOf({ explanation: new Array(30).fill('It is a long story.') })) }
  expect(drawn(long, 80, 24)).toMatch(/^ ↓ 16 more {3}by the arrow keys$/m)
  expect(drawn({ ...long, scroll: 5 }, 80, 24)).toMatch(/^ ↑ 5 above {3}↓ 11 more {3}by the arrow keys$/m)
  expect(drawn(atEnd, 80, 24)).not.toContain('arrow keys')
})

test('it is scrolled no further than there is anything, on every page, and says how far that is', () => {
  const long = { ...atEnd, verdict: verdictOf(resultOf({ explanation: new Array(30).fill('It is a long story.') })) }
  const furthest = (view: DemoView, scroll: number) => drawDemo({ ...view, scroll }, 80, 24).scroll
  expect([furthest(long, 99), furthest(long, 7), furthest(long, -9)]).toEqual([16, 7, 0])
  for (const view of [atWait, { ...atWait, large: true }, { ...atWait, help: true }]) {
    const up = furthest(view, -99)
    expect(Math.abs(up)).toBeLessThan(30)
    expect(furthest(view, up)).toBe(up)
    expect(furthest(view, 99)).toBeLessThan(30)
  }
  expect(furthest(atWait, -99)).toBeLessThan(0)
})

test('what is left has a line of its own where there is no room beside the findings', () => {
  const result = resultOf({
    serializable: true,
    serial_order: ['FIRST', 'SECOND', 'THIRD'],
    final: { columns: ['withdrawn', 'deposited'], rows: [[10, 20]] },
  })
  const at = (columns: number) => drawn({ ...atEnd, verdict: verdictOf(result) }, columns, 24)
  expect(at(120)).toMatch(/^ ✗ rule broken {3}✓ serializable: FIRST, then SECOND, then THIRD {3}left: withdrawn 10, deposited 20$/m)
  expect(at(80)).toMatch(/^ ✗ rule broken {3}✓ serializable: FIRST, then SECOND, then THIRD\n left: withdrawn 10, deposited 20$/m)
})

test('large: there is room for the levels at the end', () => {
  expect(drawn({ ...atEnd, large: true }, 80, 24)).toMatch(/█[\s\S]*serializable +! error 40001[\s\S]* f Lock the row/)
})

test('what is under way, and what is to be said, has its place', () => {
  const busy = drawn({ ...atWait, busy: 'waiting for the server', notice: 'this is the only server', playing: true }, 80, 24).split('\n')
  expect(busy[1]).toContain('waiting for the server')
  expect(busy[1]).toContain('PLAYING')
  expect(busy.at(-2)).toBe(' this is the only server')
})

test('the help says of a key that has nothing to do here why', () => {
  const help = (more: Partial<DemoView>) => drawn({ ...atWait, ...more, help: true }, 120, 40)
  expect(help({})).toMatch(/^ e {7}this is the only server: give --url once for each$/m)
  expect(help({ engines: ['postgres', 'mysql'] })).toMatch(/^ e {7}the next server/m)
  expect(help({})).toMatch(/^ f {7}the next fix/m)
  expect(help({ demo: crowd })).toMatch(/^ f {7}this demo shows no fix on PostgreSQL$/m)
  expect(help({ demo: crowd })).toMatch(/^ v {7}this demo is told in no other way on PostgreSQL$/m)
})

test('the keys say what there is', () => {
  const keys = (view: DemoView) => drawn(view, 200, 60).split('\n').at(-1)
  expect(keys(atWait)).not.toContain('engine')
  expect(keys({ ...atWait, engines: ['postgres', 'mysql'] })).toContain('e engine')
  expect(keys(viewOf(sceneOf(finished)))).toContain('space verdict')
  expect(keys(atEnd)).not.toContain('space')
})
