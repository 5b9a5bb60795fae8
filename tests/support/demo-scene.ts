import type { DemoState, StepAnswer, StepFact } from '#oltp/demo/facts.js'
import type { Scene } from '#oltp/demo/player.js'
import type { DemoResult } from '#oltp/demo/result.js'
import type { Demo } from '#oltp/scenario/demo/model.js'
import { parseDemo } from '#oltp/scenario/demo/parse.js'
import type { Isolation } from '#oltp/scenario/model.js'
import type { Value } from '#oltp/scenario/values.js'
import type { DemoView, Verdict } from '#oltp/ui/demo/model.js'

/** A demo of two sessions, with a fix and a variant. */
export const tickets: Demo = parseDemo(
  `version: 1
name: tickets
kind: anomaly
title: Two tickets sold
names: [lost update]
theme: Updates that vanish
summary: The second overwrites the first
story: Ten tickets are left. Two checkouts read 10 and store 9.
setup:
  - CREATE TABLE products (id INT PRIMARY KEY, qty INT)
sessions: [A, B]
schedule:
  - A: BEGIN
  - B: BEGIN
  - A: SELECT qty FROM products WHERE id = 1
    save: qty
  - B: SELECT qty FROM products WHERE id = 1
    save: qty
  - A: UPDATE products SET qty = :qty - 1 WHERE id = 1
  - B: UPDATE products SET qty = :qty - 1 WHERE id = 1
    note: Computed from what B read
  - A: COMMIT
  - B: COMMIT
final: SELECT qty FROM products
rule: { text: a ticket sold is a ticket less, holds: qty = 10 - commits }
variants:
  locked: { title: Lock the row, fix: true, cost: buyers queue }
  strict: { title: Serializable, fix: true, cost: retries, isolation: serializable, engines: [postgres] }
  other: { title: Told otherwise }
`,
  'tickets.yaml',
)

/** Four sessions with long names: more than 80 columns have room for. */
export const crowd: Demo = parseDemo(
  `version: 1
name: crowd
kind: locking
title: A crowd
theme: Queues
summary: Many wait
story: Everybody wants the same row.
unjudged: nobody reads
setup:
  - CREATE TABLE t (id INT PRIMARY KEY, n INT)
sessions: [FIRST, SECOND, THIRD, FOURTH]
schedule:
  - FIRST: UPDATE t SET n = 1 WHERE id = 1
  - SECOND: UPDATE t SET n = 2 WHERE id = 1
  - THIRD: UPDATE t SET n = 3 WHERE id = 1
  - FOURTH: UPDATE t SET n = 4 WHERE id = 1
  - FIRST: COMMIT
`,
  'crowd.yaml',
)

type Told = Partial<Omit<StepFact, 'step' | 'session'>>

/** The demo where `told` says of its first steps what came of them. */
export function sceneOf(told: readonly Told[], state: Partial<DemoState> = {}, demo = tickets): Scene {
  const facts = demo.plot.schedule.map((step, index): StepFact => {
    const sql = step.kind === 'statement' ? (step.sql.postgres ?? '') : ''
    const fact = told[index] ?? {}
    return { ...planned, status: index < told.length ? 'done' : 'planned', sql, ...fact, step: index, session: step.session }
  })
  const next = told.length < facts.length ? told.length : null
  const waits = state.waits ?? []
  return {
    telling: { engine: 'postgres', variant: null, isolation: null },
    plot: demo.plot,
    server: { product: 'PostgreSQL', dialect: 'postgres', version: '18.4', serverId: 'x', settings: {} },
    isolation: 'read committed',
    state: {
      facts,
      next,
      waits,
      cycle: null,
      sessions: demo.plot.sessions.map(name => ({
        name,
        state: waits.some(({ session }) => session === name) ? 'waiting' : 'in transaction',
        saved: {},
        commits: 0,
      })),
      finished: next === null,
      ...state,
    },
  }
}

const planned = { attempt: 1, answer: null, error: null, skipped: null, waited: null, wokenBy: null, ms: null, transaction: null } as const

/** An answer with rows. */
function rows(columns: readonly string[], ...values: readonly (readonly Value[])[]): StepAnswer {
  return { columns, rows: values, affected: values.length, tag: 'SELECT' }
}

/** An answer without. */
export function changed(affected: number, tag = 'UPDATE'): StepAnswer {
  return { columns: [], rows: [], affected, tag }
}

/** The demo up to where B waits for A. */
export const waiting: readonly Told[] = [
  { answer: changed(0, 'BEGIN') },
  { answer: changed(0, 'BEGIN') },
  { answer: rows(['qty'], [10]) },
  { answer: rows(['qty'], [10]) },
  { answer: changed(1) },
  { status: 'waiting', waited: { blockers: ['A'], inferred: [], lock: 'transactionid ShareLock' } },
]
export const bWaits: Pick<DemoState, 'waits'> = {
  waits: [{ session: 'B', blockers: ['A'], inferred: [], lock: 'transactionid ShareLock' }],
}

/** The same to its end. */
export const finished: readonly Told[] = [
  ...waiting.slice(0, 5),
  { answer: changed(1), waited: { blockers: ['A'], inferred: [], lock: 'transactionid ShareLock' }, wokenBy: 6 },
  { answer: changed(0, 'COMMIT') },
  { answer: changed(0, 'COMMIT') },
]

/** As the screen is told by whoever opens it. */
export const onlyServer = 'this is the only server: give --url once for each'

export function viewOf(scene: Scene, more: Partial<DemoView> = {}): DemoView {
  const nothing = { help: false, large: false, locks: null, verdict: null, playing: false, busy: null, notice: null, overdue: [] }
  return { demo: tickets, engines: ['postgres'], onlyServer, scene, page: 'steps', frame: 0, scroll: 0, ...nothing, ...more }
}

export function resultOf(more: Partial<DemoResult> = {}): DemoResult {
  return {
    demo: 'tickets',
    variant: null,
    title: tickets.title,
    kind: 'anomaly',
    engine: 'postgres',
    product: 'PostgreSQL',
    version: '18.4',
    isolation: 'read committed',
    levels: {},
    unpinned: {},
    outcome: 'happens',
    codes: [],
    serializable: false,
    not_judged: null,
    serial_order: null,
    rule: 'a ticket sold is a ticket less',
    rule_held: false,
    rule_unread: [],
    waits: [],
    commits: { A: 1, B: 1 },
    final: { columns: ['qty'], rows: [[9]] },
    explanation: ['B overwrote 9 with 9: it had read 10 before A committed.'],
    steps: [],
    ...more,
  }
}

/** A verdict with every level found out. */
export function verdictOf(result: DemoResult): Verdict {
  const refused = resultOf({ outcome: 'error', codes: ['40001'], serializable: true, rule_held: true })
  return {
    result,
    levels: new Map<Isolation, DemoResult>([
      ['read uncommitted', resultOf()],
      ['read committed', result],
      ['repeatable read', refused],
      ['serializable', refused],
    ]),
  }
}
