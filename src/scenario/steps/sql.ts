import { z } from 'zod'
import type { StepContext, YamlMap, YamlNode } from '../diagnostics.js'
import { wholeNumber } from '../expression/function-definition.js'
import type { Expression } from '../expression/syntax.js'
import type { SqlText } from '../model.js'
import { type Attempt, BrokenPromise, Conflict, DeclaredRollback, type StatementResult } from '../program.js'
import { keysOf } from '../reader.js'
import { expressionSchema, identifierSchema, sqlSchema } from '../schema-parts.js'
import { ValueError } from '../value-error.js'
import type { StatementRun, Step, StepCompiler, StepKind } from './step.js'

/** One statement: binds values, keeps what it answers, and may insist on a number of rows. */
export interface SqlStep extends Step {
  readonly kind: 'sql'
  readonly id: string | null
  readonly sql: SqlText
  /** Columns of the first row, or null where there is none. */
  readonly save: readonly string[]
  /** Columns as lists. */
  readonly saveAll: readonly string[]
  readonly saveCount: string | null
  readonly insertId: string | null
  readonly expect: { readonly rows: Expression; readonly otherwise: 'fail' | 'retry' | 'rollback' } | null
}

const reactions = ['fail', 'retry', 'rollback'] as const
const namesSchema = z.union([identifierSchema, z.array(identifierSchema).min(1)])

const expectSchema = z.strictObject({
  rows: expressionSchema.describe('How many rows the statement must change, or return if it is a query'),
  else: z
    .enum(reactions)
    .optional()
    .describe('Otherwise: break the run (the default), retry as a conflict, or roll back as a declared outcome'),
})

const schema = z.strictObject({
  sql: sqlSchema,
  id: identifierSchema.optional().describe('How reports name this statement; unset: by its verb and table'),
  save: namesSchema.optional().describe('Columns of the first row to keep as values; null where there is no row'),
  save_all: namesSchema.optional().describe('Columns to keep as lists, one item per row'),
  save_count: identifierSchema.optional().describe('Keeps the number of rows changed or returned'),
  insert_id: identifierSchema.optional().describe("Keeps MySQL's AUTO_INCREMENT value"),
  expect: expectSchema.optional().describe('Checked after the statement'),
})

export const sqlStep: StepKind<SqlStep> = { kind: 'sql', schema, parse, compile }

function parse(map: YamlMap, context: StepContext): SqlStep {
  const at = (key: string) => context.get(map, key)
  const [sql, id, expect] = [at('sql'), at('id'), at('expect')]
  const text: SqlText = sql ? context.sql(sql, '`sql`') : {}
  const expectation = expect ? parseExpect(expect, context) : null
  const one = (key: string) => names(at(key), key, context).at(0) ?? null
  return {
    kind: 'sql',
    engines: context.engines(map),
    id: id ? context.identifier(id, '`id`') : null,
    sql: text,
    save: names(at('save'), 'save', context),
    saveAll: names(at('save_all'), 'save_all', context),
    saveCount: one('save_count'),
    insertId: one('insert_id'),
    expect: expectation,
  }
}

function names(node: YamlNode | undefined, key: string, context: StepContext): readonly string[] {
  if (node === undefined) return []
  const found =
    key === 'save' || key === 'save_all' ? context.names(node, `\`${key}\``) : [{ name: context.identifier(node, `\`${key}\``), node }]
  for (const { name, node: place } of found) context.scope.declare(name, place, 'save')
  return found.map(({ name }) => name)
}

function parseExpect(node: YamlNode, context: StepContext): SqlStep['expect'] {
  const map = context.map(node, '`expect`', keysOf(expectSchema), ['rows'])
  const [rows, otherwise] = [context.get(map, 'rows'), context.get(map, 'else')]
  if (rows === undefined) return null
  const reaction = otherwise ? context.oneOf(otherwise, '`else`', reactions) : 'fail'
  const committed = context.afterCommit || context.transaction.autocommit
  if (otherwise && committed && reaction !== 'fail') {
    context.problem(otherwise, `\`${reaction}\` comes too late: this statement commits by itself`, {
      hint: context.afterCommit ? 'move the statement to `steps`' : 'remove `autocommit`, or let it `fail`',
    })
  }
  return { rows: context.expression(rows, '`rows`'), otherwise: reaction }
}

function compile(step: SqlStep, compiler: StepCompiler): StatementRun {
  const readsRows = step.save.length + step.saveAll.length > 0
  const checked = readsRows || step.saveCount !== null || step.insertId !== null || step.expect !== null
  const { name, names: binds, bind } = compiler.statement(step.sql, step.id, { readsRows, last: compiler.last && !checked })
  const keeps = [
    ...step.save.map(name => keepFirst(name, compiler)),
    ...step.saveAll.map(name => keepAll(name, compiler)),
    ...(step.saveCount === null ? [] : [keepCount(compiler.slot(step.saveCount))]),
    ...(step.insertId === null ? [] : [keepInsertId(compiler.slot(step.insertId))]),
  ]
  const expect = step.expect === null ? null : compileExpect(step.expect, compiler)
  return compiler.observed(
    { binds, saves: [...step.save, ...step.saveAll] },
    {
      name,
      send(attempt) {
        const { statement, parameters } = bind(attempt.values)
        return attempt.execute(statement, parameters)
      },
      receive(attempt, result) {
        attempt.answered()
        for (const keep of keeps) keep(attempt, result)
        expect?.(attempt, result, name)
      },
    },
  )
}

type Keep = (attempt: Attempt, result: StatementResult) => void

function keepFirst(name: string, compiler: StepCompiler): Keep {
  const slot = compiler.slot(name)
  return (attempt, result) => {
    const column = columnOf(name, result)
    attempt.values[slot] = result.rows[0]?.[column] ?? null
  }
}

function keepAll(name: string, compiler: StepCompiler): Keep {
  const slot = compiler.slot(name)
  return (attempt, result) => {
    const column = columnOf(name, result)
    attempt.values[slot] = result.rows.map(row => row[column] ?? null)
  }
}

function keepCount(slot: number): Keep {
  return (attempt, result) => {
    attempt.values[slot] = result.affected
  }
}

function keepInsertId(slot: number): Keep {
  return (attempt, result) => {
    if (result.insertId === null) throw new ValueError('insert_id: the server gave none; on PostgreSQL write RETURNING and `save`')
    attempt.values[slot] = result.insertId
  }
}

function columnOf(name: string, result: StatementResult): number {
  const column = result.columns.indexOf(name)
  if (column >= 0) return column
  const there = result.columns.length === 0 ? 'the statement returns none' : `there are: ${result.columns.join(', ')} (AS renames one)`
  throw new ValueError(`there is no column \`${name}\` to save; ${there}`)
}

function compileExpect(expect: NonNullable<SqlStep['expect']>, compiler: StepCompiler) {
  const rows = compiler.expression(expect.rows)
  return (attempt: Attempt, result: StatementResult, name: string): void => {
    const expected = wholeNumber(rows(attempt), 'expect: rows')
    if (result.affected === expected) return
    const message = `${name}: expected ${expected} row${expected === 1 ? '' : 's'}, found ${result.affected}`
    if (expect.otherwise === 'retry') throw new Conflict(message)
    if (expect.otherwise === 'rollback') throw new DeclaredRollback(message)
    throw new BrokenPromise(message)
  }
}
