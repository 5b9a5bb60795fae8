import type { Evidence } from '#oltp/demo/explain/evidence.js'
import type { DemoTransaction, StepFact } from '#oltp/demo/facts.js'
import { transactionWord } from '#oltp/scenario/demo/words.js'
import type { Value } from '#oltp/scenario/values.js'

/** What came of a statement, as far as it is not the usual: answered at once, one row changed. */
interface Told {
  /** A row of one column or more. */
  readonly rows?: readonly (readonly Value[])[]
  readonly columns?: readonly string[]
  readonly affected?: number
  readonly tag?: string
  readonly error?: string
  /** For whom it waited. */
  readonly waitsFor?: readonly string[]
  /** For whom it waited as it seems. */
  readonly seemsFor?: readonly string[]
  /** Its place in the order of answers is after this step, which set it free; counts from 1. */
  readonly wokenBy?: number
  readonly attempt?: number
  /** Of its session after it; the usual is what BEGIN, COMMIT and ROLLBACK leave. */
  readonly transaction?: StepFact['transaction']
}

/** `['B', 'UPDATE …', { waitsFor: ['A'], wokenBy: 7 }]` */
export type Line = readonly [session: string, sql: string, told?: Told]

/** What is known of a demo with these steps, its transactions worked out from their BEGIN and COMMIT. */
export function evidenceOf(lines: readonly Line[], more: Partial<Evidence> = {}): Evidence {
  const facts = withStates(lines.map(factOf))
  const order = facts
    .map((fact, index) => ({ index, at: fact.wokenBy === null ? index : fact.wokenBy + 0.5, answered: fact.status !== 'waiting' }))
    .filter(({ answered }) => answered)
    .sort((a, b) => a.at - b.at)
    .map(({ index }) => index)
  return {
    plot: { ...emptyPlot, sessions: [...new Set(facts.map(({ session }) => session))] },
    isolation: 'read committed',
    facts,
    order,
    transactions: transactionsOf(facts),
    outcome: 'happens',
    oracle: null,
    rule: { held: null, evidence: [], unread: [] },
    ...more,
  }
}

export const emptyPlot: Evidence['plot'] = {
  setup: [],
  sessions: [],
  schedule: [],
  final: null,
  finalAt: {},
  rule: null,
  engines: null,
  isolation: null,
  levels: {},
  settings: {},
  pin: {},
  retry: [],
  nondeterministic: [],
  unjudged: null,
}

function factOf([session, sql, told = {}]: Line, step: number): StepFact {
  const { rows, columns, affected, tag = null, error, waitsFor, seemsFor, wokenBy, attempt = 1 } = told
  const columnCount = rows?.[0]?.length ?? 1
  const names = rows === undefined ? [] : (columns ?? Array.from({ length: columnCount }, (_, at) => `column_${at}`))
  return {
    step,
    attempt,
    session,
    status: error === undefined ? 'done' : 'failed',
    sql,
    answer: error === undefined ? { columns: names, rows: rows ?? [], affected: affected ?? rows?.length ?? 1, tag } : null,
    error: error === undefined ? null : { code: error, message: 'refused', detail: null, hint: null },
    skipped: null,
    waited:
      waitsFor === undefined && seemsFor === undefined ? null : { blockers: waitsFor ?? [], inferred: seemsFor ?? [], lock: 'a lock' },
    wokenBy: wokenBy === undefined ? null : wokenBy - 1,
    ms: 1,
    transaction: told.transaction ?? null,
  }
}

function withStates(facts: readonly StepFact[]): readonly StepFact[] {
  const states = new Map<string, StepFact['transaction']>()
  return facts.map(fact => {
    const word = transactionWord(fact.sql)
    const usual = word === 'begin' ? 'open' : word === null ? (states.get(fact.session) ?? 'none') : 'none'
    const transaction = fact.transaction ?? usual
    states.set(fact.session, transaction)
    return { ...fact, transaction }
  })
}

function transactionsOf(facts: readonly StepFact[]): readonly DemoTransaction[] {
  const found: { session: string; facts: number[]; single: boolean; ended: DemoTransaction['ended'] }[] = []
  const open = new Map<string, (typeof found)[number]>()
  for (const [index, { session, sql, answer, error, transaction }] of facts.entries()) {
    const word = transactionWord(sql)
    const current = open.get(session)
    if (word === 'begin') {
      const begun = { session, facts: [], single: false, ended: 'open' as const }
      open.set(session, begun)
      found.push(begun)
    } else if (word !== null && current !== undefined) {
      current.ended = word === 'commit' && answer?.tag !== 'ROLLBACK' && error === null ? 'committed' : 'rolled back'
      open.delete(session)
    } else if (current !== undefined) {
      current.facts.push(index)
      if (transaction !== 'none') continue
      current.ended = error === null ? 'committed' : 'rolled back'
      open.delete(session)
    } else if (word === null) found.push({ session, facts: [index], single: true, ended: error === null ? 'committed' : 'rolled back' })
  }
  return found
}
