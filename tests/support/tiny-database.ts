import { DatabaseError } from '#oltp/database/contract.js'
import type { Answer, Dialogue } from '#oltp/database/dialogue.js'
import type { DemoTransaction, StepFact } from '#oltp/demo/facts.js'
import type { History, OracleStage } from '#oltp/demo/history.js'
import type { DemoPlot, DemoStep } from '#oltp/scenario/demo/model.js'
import { parseExpression } from '#oltp/scenario/expression/parse.js'

/** What a transaction of a test does: reads a key, or writes one: a constant, or what it last read (0 before) plus some. */
export type TinyOperation =
  | { readonly kind: 'read'; readonly key: string }
  | { readonly kind: 'write'; readonly key: string; readonly base: 'nothing' | 'last read'; readonly plus: number }

export interface TinyTransaction {
  readonly session: string
  readonly operations: readonly TinyOperation[]
}

/**
 * Some numbers under some names, without any isolation: every write is there at once. It understands `SELECT k` and `UPDATE k = 1`, and takes
 * back with ROLLBACK what was written since BEGIN. Some keys are read otherwise: `clock` goes on for ever, `next` is a sequence.
 */
export class TinyDatabase {
  readonly values = new Map<string, number>()
  private before = new Map<string, number>()
  private clock = 0
  private next = 0
  statements = 0

  reset(keys: readonly string[]): void {
    this.values.clear()
    this.next = 0
    for (const key of keys) this.values.set(key, 0)
  }

  contents(): string {
    return JSON.stringify([...this.values])
  }

  run(text: string): Answer {
    this.statements++
    const [word = '', key = '', , value] = text.split(' ')
    if (word === 'BEGIN') this.before = new Map(this.values)
    if (word === 'ROLLBACK') for (const [name, value] of this.before) this.values.set(name, value)
    if (word === 'BEGIN' || word === 'COMMIT' || word === 'ROLLBACK') return { columns: [], rows: [], affected: 0, tag: word }
    if (word === 'SELECT') return { columns: ['value'], rows: [[this.read(key)]], affected: 1, tag: word }
    if (word !== 'UPDATE') throw syntaxError(text)
    this.values.set(key, Number(value))
    return { columns: [], rows: [], affected: 1, tag: word }
  }

  private read(key: string): number | null {
    if (key === 'clock') return ++this.clock
    return key === 'next' ? ++this.next : (this.values.get(key) ?? null)
  }
}

function tinyDialogue(database: TinyDatabase): Dialogue {
  return {
    id: 1,
    alive: true,
    inTransaction: false,
    inFailedTransaction: false,
    tell: async text => database.run(text),
    end: async () => {},
    kill: async () => {},
    destroy: () => {},
  }
}

/** As much of a stage as the oracle needs. */
export function tinyStage(database: TinyDatabase, keys: readonly string[]): OracleStage {
  return {
    dialect: 'postgres',
    watch: { waits: async () => [], locks: async () => [] },
    reset: async () => database.reset(keys),
    enter: async () => tinyDialogue(database),
    contents: async () => database.contents(),
  }
}

/** The transactions as a plot, its steps in the order of the transactions. */
export function plotOf(transactions: readonly TinyTransaction[]): DemoPlot {
  return {
    ...{ setup: [], final: null, finalAt: {}, rule: null, engines: null, isolation: null, levels: {}, settings: {}, pin: {}, retry: [] },
    ...{ nondeterministic: [], unjudged: null },
    sessions: [...new Set(transactions.map(({ session }) => session))],
    schedule: transactions.flatMap(({ session, operations }) => operations.map(operation => stepOf(session, operation))),
  }
}

function stepOf(session: string, operation: TinyOperation): DemoStep {
  const statement = { kind: 'statement', session, when: null, saveCount: null, onError: 'abort', note: null } as const
  if (operation.kind === 'read') {
    return { ...statement, sql: { postgres: `SELECT ${operation.key}` }, at: {}, set: [], save: ['value'] }
  }
  const source = operation.base === 'nothing' ? String(operation.plus) : `coalesce(value, 0) + ${operation.plus}`
  const expression = parseExpression(source)
  return { ...statement, sql: { postgres: `UPDATE ${operation.key} = :sum` }, at: {}, set: [{ name: 'sum', expression }], save: [] }
}

/**
 * Runs the transactions one operation at a time: `turns` says whose is next, by index.
 *
 * @returns what the stepper would have written down
 */
export function runInterleaved(transactions: readonly TinyTransaction[], keys: readonly string[], turns: readonly number[]): History {
  const database = new TinyDatabase()
  database.reset(keys)
  const starts = transactions.map((_, index) => transactions.slice(0, index).reduce((sum, { operations }) => sum + operations.length, 0))
  const done = transactions.map(() => 0)
  // A session remembers what it read, in its next transaction too.
  const lastRead = new Map<string, number>()
  const facts: StepFact[] = plotOf(transactions).schedule.map(({ session }, step) => planned(session, step))
  for (const index of turns) {
    const operation = transactions[index]?.operations[done[index] ?? 0]
    if (operation === undefined) throw new Error(`transaction ${index} has no turn left`)
    const step = (starts[index] ?? 0) + (done[index] ?? 0)
    done[index] = (done[index] ?? 0) + 1
    const base = operation.kind === 'write' && operation.base === 'last read' ? (lastRead.get(transactions[index]?.session ?? '') ?? 0) : 0
    const answer = database.run(
      operation.kind === 'read' ? `SELECT ${operation.key}` : `UPDATE ${operation.key} = ${base + operation.plus}`,
    )
    if (operation.kind === 'read') lastRead.set(transactions[index]?.session ?? '', Number(answer.rows[0]?.[0]))
    facts[step] = { ...(facts[step] as StepFact), status: 'done', answer }
  }
  return {
    facts,
    transactions: transactions.map((transaction, index) => committed(transaction, starts[index] ?? 0)),
    contents: database.contents(),
  }
}

function planned(session: string, step: number): StepFact {
  const nothing = { answer: null, error: null, skipped: null, waited: null, wokenBy: null, ms: null, transaction: null }
  return { step, attempt: 1, session, status: 'planned', sql: '', ...nothing }
}

function committed({ session, operations }: TinyTransaction, start: number): DemoTransaction {
  return { session, facts: operations.map((_, index) => start + index), single: false, ended: 'committed' }
}

function syntaxError(text: string): DatabaseError {
  const facts = { outcome: 'other', code: '42601', sqlstate: '42601', stage: 'body', sessionLost: false, fatal: false } as const
  return new DatabaseError(`syntax error in ${text}`, facts)
}
