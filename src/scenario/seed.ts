import { exitCodes, OltpError } from '../errors.js'
import { reviveValues } from './decimal.js'
import { compileExpression } from './expression/compile.js'
import { type EvaluationContext, parentSlot, rowSlot, valuesOnly } from './expression/context.js'
import { wholeNumber } from './expression/function-definition.js'
import type { Expression } from './expression/syntax.js'
import type { Binding, ResolvedScenario, SeedEntry, SqlText } from './model.js'
import { createRandom } from './random.js'
import { ValueError } from './value-error.js'
import type { Value } from './values.js'

/** One thing to load: rows of a table, made when they are asked for and the same each time, or SQL to run after the rows before it. */
export type SeedStep = SeedTable | { readonly kind: 'sql'; readonly sql: SqlText }

export interface SeedTable {
  readonly kind: 'table'
  readonly table: string
  readonly columns: readonly string[]
  /** null where only the walk tells. */
  readonly expectedRows: number | null
  /** @throws OltpError while it is walked, where a column's expression makes no sense */
  rows(): Iterable<readonly Value[]>
}

/**
 * What a scenario seeds, in order. Each table draws from a stream of its own, so that its rows depend on nothing but the seed,
 * the parameters and its own entry (and its parent's). A parent's rows are made again rather than kept.
 *
 * @throws OltpError where the number of rows makes no sense
 */
export function seedTables(scenario: ResolvedScenario): readonly SeedStep[] {
  const facts: SeedFacts = { parameters: reviveValues(scenario.parameters), seed: scenario.randomSeed }
  const steps: SeedStep[] = []
  for (const entry of scenario.seed) {
    const earlier = steps.filter((step): step is SeedTable => step.kind === 'table')
    steps.push(entry.kind === 'sql' ? { kind: 'sql', sql: entry.sql } : seedTable(entry, earlier, facts))
  }
  return steps
}

interface SeedFacts {
  readonly parameters: { readonly [name: string]: Value }
  readonly seed: number
}

function seedTable(entry: Exclude<SeedEntry, { kind: 'sql' }>, earlier: readonly SeedTable[], facts: SeedFacts): SeedTable {
  const { table } = entry
  const sameTable = earlier.filter(step => step.table === table).length
  const stream = sameTable === 0 ? `seed/${table}` : `seed/${table}/${sameTable + 1}`
  const columns = entry.columns.map(({ name }) => name)
  if (entry.kind === 'for_each') {
    const parents = earlier.filter(step => step.table === entry.parent)
    return { kind: 'table', table, columns, expectedRows: null, rows: () => childRows(entry, parents, stream, facts) }
  }
  const compileRows = compileExpression(entry.rows, { slot: () => 0, ...facts, use: 'load' })
  const count = explained(table, 'rows', () => countOf(compileRows(valuesOnly([])), 'rows'))
  return { kind: 'table', table, columns, expectedRows: count, rows: () => plainRows(entry.columns, table, count, stream, facts) }
}

function* plainRows(
  columns: readonly Binding[],
  table: string,
  count: number,
  stream: string,
  facts: SeedFacts,
): Generator<readonly Value[]> {
  const maker = createRowMaker(columns, table, stream, facts)
  for (let row = 1; row <= count; row++) yield maker.make(row)
}

type ForEach = Extract<SeedEntry, { kind: 'for_each' }>

function* childRows(entry: ForEach, parents: readonly SeedTable[], stream: string, facts: SeedFacts): Generator<readonly Value[]> {
  const maker = createRowMaker(entry.columns, entry.table, stream, facts)
  const indexSlot = maker.slot('index')
  const count = maker.compile(entry.count)
  let row = 0
  for (const parent of parents) {
    const copies = parent.columns.flatMap((column, from) => ({ from, to: maker.slot(parentSlot(column)) }))
    for (const parentRow of parent.rows()) {
      for (const { from, to } of copies) maker.context.values[to] = parentRow[from] ?? null
      const children = explained(entry.table, 'count', () => countOf(count(maker.context), 'count'))
      for (let index = 1; index <= children; index++) {
        row++
        maker.context.values[indexSlot] = index
        yield maker.make(row)
      }
    }
  }
}

function createRowMaker(columns: readonly Binding[], table: string, stream: string, facts: SeedFacts) {
  const slots = new Map<string, number>()
  const slot = (name: string) => {
    const known = slots.get(name) ?? slots.size
    slots.set(name, known)
    return known
  }
  const compile = (expression: Expression) => compileExpression(expression, { slot, ...facts, use: 'load' })
  const row = slot(rowSlot)
  const cells = columns.map(({ name, expression }) => ({ name, slot: slot(name), evaluate: compile(expression) }))
  const context: EvaluationContext = valuesOnly([], createRandom(facts.seed, stream))
  let at = ''

  function make(number: number): readonly Value[] {
    const made: Value[] = new Array(cells.length)
    context.values[row] = number
    try {
      for (let position = 0; position < cells.length; position++) {
        const cell = cells[position]
        if (cell === undefined) break
        at = cell.name
        const value = cell.evaluate(context)
        context.values[cell.slot] = value
        made[position] = value
      }
    } catch (error) {
      throw seedError(error, table, `${at}, row ${number}`)
    }
    return made
  }

  return { context, slot, compile, make }
}

function explained<T>(table: string, what: string, compute: () => T): T {
  try {
    return compute()
  } catch (error) {
    throw seedError(error, table, what)
  }
}

function seedError(error: unknown, table: string, what: string): unknown {
  if (!(error instanceof ValueError)) return error
  return new OltpError('SEED_VALUE', exitCodes.usage, `the seed of table ${table}, ${what}: ${error.message}`, {
    hint: 'correct the expression under `seed`, or the parameters that it reads',
    cause: error,
  })
}

function countOf(value: Value, what: string): number {
  const count = wholeNumber(value, what)
  if (count < 0) throw new ValueError(`${what} must be 0 or more, found ${count}`)
  return count
}
