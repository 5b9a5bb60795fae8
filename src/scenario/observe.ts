import { compileExpression } from './expression/compile.js'
import type { CompileEnvironment } from './expression/context.js'
import { formatValue } from './format-value.js'
import type { Check, ListAppendCheck } from './model.js'
import { BrokenPromise, type ObservedEnd } from './program.js'
import type { StatementRun } from './steps/step.js'
import { ValueError } from './value-error.js'
import type { Value } from './values.js'

/** What a statement of a transaction binds and saves. */
export interface StatementNames {
  readonly binds: readonly string[]
  readonly saves: readonly string[]
}

/**
 * The statement as it is, unless a check wants to know of it: then it tells the attempt's observer what it read of a list, or appended.
 * An append is told as it is sent, for an answer may never come; one that changed no row is taken back.
 */
export function observeStatement(
  checks: readonly Check[],
  transaction: string,
  { binds, saves }: StatementNames,
  slot: (name: string) => number,
  run: StatementRun,
): StatementRun {
  const lists = checks.flatMap((check, index) =>
    check.kind === 'list_append' && check.transactions.includes(transaction) ? [{ check, index }] : [],
  )
  const appends = lists.filter(({ check }) => binds.includes(check.element)).map(one => places(one, slot))
  const reads = lists.filter(({ check }) => saves.includes(check.list)).map(one => places(one, slot))
  if (appends.length + reads.length === 0) return run
  return {
    name: run.name,
    send(attempt) {
      for (const { index, key, element } of appends) {
        attempt.observer?.appended(index, keyText(attempt.values[key] ?? null), elementOf(attempt.values[element] ?? null))
      }
      return run.send(attempt)
    },
    receive(attempt, result) {
      run.receive(attempt, result)
      if (result.affected === 0) for (const { index } of appends) attempt.observer?.changedNothing(index)
      for (const { index, key, list } of reads) {
        const text = listText(attempt.values[list] ?? null)
        if (attempt.observer?.read(index, keyText(attempt.values[key] ?? null), text) === false)
          throw new ValueError(`not a list of whole numbers with commas between: ${text.slice(0, 60)}`)
      }
    },
  }
}

/** What the checks ask for of a transaction that ends. */
export function observedEnds(checks: readonly Check[], transaction: string, environment: CompileEnvironment): readonly ObservedEnd[] {
  return checks.flatMap((check, index): ObservedEnd[] => {
    if (!check.transactions.includes(transaction)) return []
    const where = `${transaction}, check ${check.name}`
    if (check.kind === 'lost_updates') {
      const key = environment.slot(check.key)
      return [{ check: index, kind: 'key', key: attempt => explained(where, () => keyText(attempt.values[key] ?? null)) }]
    }
    if (check.kind === 'list_append') return []
    const seen = compileExpression(check.seen, environment)
    return [{ check: index, kind: 'seen', seen: attempt => explained(where, () => seen(attempt) === true) }]
  })
}

function explained<T>(where: string, compute: () => T): T {
  try {
    return compute()
  } catch (error) {
    throw error instanceof ValueError ? new BrokenPromise(`${where}: ${error.message}`, { cause: error }) : error
  }
}

interface Places {
  readonly index: number
  readonly key: number
  readonly list: number
  readonly element: number
}

function places({ check, index }: { check: ListAppendCheck; index: number }, slot: (name: string) => number): Places {
  return { index, key: slot(check.key), list: slot(check.list), element: slot(check.element) }
}

function keyText(value: Value): string {
  if (value === null || Array.isArray(value)) throw new ValueError('the key that a check asks for is no single value')
  return formatValue(value)
}

function elementOf(value: Value): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fffffff) return value
  throw new ValueError(`an element must be a whole number from 0 to ${0x7fffffff}, found ${formatValue(value)}`)
}

/** No row, or null in it: a list without elements. */
function listText(value: Value): string {
  if (value === null) return ''
  return Array.isArray(value) ? value.map(formatValue).join(',') : formatValue(value)
}
