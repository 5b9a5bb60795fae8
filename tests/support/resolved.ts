import { parseExpression } from '#oltp/scenario/expression/parse.js'
import type { Binding, ResolvedScenario, Transaction } from '#oltp/scenario/model.js'
import type { StepDefinition } from '#oltp/scenario/steps/registry.js'

/** A scenario as data, empty apart from what a test is about. */
export function resolved(parts: Partial<ResolvedScenario>): ResolvedScenario {
  return {
    name: 'test',
    title: '',
    description: '',
    file: '',
    text: '',
    sha256: '',
    variant: null,
    parameters: {},
    randomSeed: 1,
    migrations: null,
    seed: [],
    reuse: false,
    session: {},
    transactions: [],
    groups: [],
    phases: [],
    invariants: [],
    checks: [],
    thresholds: [],
    ...parts,
  }
}

export function transaction(name: string, steps: readonly StepDefinition[], more: Partial<Transaction> = {}): Transaction {
  return {
    name,
    weight: 1,
    isolation: null,
    readOnly: false,
    autocommit: false,
    statementTimeoutMs: null,
    retry: { maxAttempts: 10, backoff: { initialMs: 1, factor: 2, maxMs: 10, jitter: 'none' } },
    let: [],
    steps,
    afterCommit: [],
    tally: [],
    keying: null,
    think: null,
    own: [],
    ...more,
  }
}

export function bindings(sources: { readonly [name: string]: string }): Binding[] {
  return Object.entries(sources).map(([name, source]) => ({ name, expression: parseExpression(source) }))
}

type Of<Kind extends StepDefinition['kind']> = Extract<StepDefinition, { kind: Kind }>

/** The parts of steps, each with what a test does not care about filled in. */
export const step = {
  sql: (text: string, more: Partial<Of<'sql'>> = {}): StepDefinition => ({
    kind: 'sql',
    engines: null,
    id: null,
    sql: { postgres: text, mysql: text },
    save: [],
    saveAll: [],
    saveCount: null,
    insertId: null,
    expect: null,
    ...more,
  }),
  set: (sources: { readonly [name: string]: string }): StepDefinition => ({ kind: 'set', engines: null, bindings: bindings(sources) }),
  rollbackIf: (source: string): StepDefinition => ({ kind: 'rollback_if', engines: null, condition: parseExpression(source) }),
  retryIf: (source: string): StepDefinition => ({ kind: 'retry_if', engines: null, condition: parseExpression(source) }),
  rollback: (): StepDefinition => ({ kind: 'rollback', engines: null }),
  sleep: (ms: number): StepDefinition => ({ kind: 'sleep', engines: null, ms }),
  if: (source: string, steps: readonly StepDefinition[], otherwise: readonly StepDefinition[] = []): StepDefinition => ({
    kind: 'if',
    engines: null,
    condition: parseExpression(source),
    steps,
    otherwise,
  }),
  repeat: (source: string, sources: { readonly [name: string]: string }, steps: readonly StepDefinition[]): StepDefinition => ({
    kind: 'repeat',
    engines: null,
    count: parseExpression(source),
    let: bindings(sources),
    steps,
  }),
  savepoint: (name: string, steps: readonly StepDefinition[]): StepDefinition => ({ kind: 'savepoint', engines: null, name, steps }),
  expectRows: (source: string, otherwise: 'fail' | 'retry' | 'rollback' = 'fail') => ({ rows: parseExpression(source), otherwise }),
}
