import { DatabaseError, type Session } from '../database/contract.js'
import { exitCodes, OltpError } from '../errors.js'
import { compareValues, equalValues } from '../scenario/comparison.js'
import { evaluateExpression } from '../scenario/expression/evaluate.js'
import { formatValue } from '../scenario/format-value.js'
import type { Dialect, Invariant, InvariantMoment } from '../scenario/model.js'
import { textFor } from '../scenario/sql.js'
import type { Value } from '../scenario/values.js'

/** An exact sum over acknowledged commits; the bounds differ where commits are in doubt. */
export interface TallyRange {
  readonly low: Value
  readonly high: Value
}

export interface InvariantFacts {
  readonly dialect: Dialect
  readonly parameters: { readonly [name: string]: Value }
  /** What each invariant's query answered before the load; filled in by `readInvariants`. */
  readonly before: ReadonlyMap<string, Value>
  /** Known only when the load has ended. */
  readonly tallies: ReadonlyMap<string, TallyRange>
}

export interface InvariantCheck {
  readonly name: string
  readonly held: boolean
  readonly found: string
  readonly expected: string
}

/**
 * Asks the server for the value of every invariant, all in one read-only snapshot, so that they are about the same moment
 * even while a load runs.
 */
export async function readInvariants(session: Session, invariants: readonly Invariant[], dialect: Dialect): Promise<Map<string, Value>> {
  const values = new Map<string, Value>()
  if (invariants.length === 0) return values
  await session.begin({ isolation: 'repeatable read', readOnly: true })
  try {
    for (const invariant of invariants) {
      const text = textFor(invariant.sql, dialect)
      if (text === null) throw notForThisEngine(invariant, dialect)
      const result = await session.query(text).catch(error => {
        throw cannotBeAsked(invariant, text, error)
      })
      const row = result.rows[0]
      if (row === undefined || result.rows.length > 1 || row.length !== 1)
        throw notOneValue(invariant, result.rows.length, row?.length ?? 0)
      values.set(invariant.name, row[0] ?? null)
    }
  } finally {
    await session.rollback()
  }
  return values
}

/** Reads and judges the invariants that the scenario wants checked at this moment. */
export async function checkInvariants(
  session: Session,
  invariants: readonly Invariant[],
  moment: InvariantMoment,
  facts: InvariantFacts,
): Promise<InvariantCheck[]> {
  const due = invariants.filter(invariant => invariant.check.includes(moment))
  const found = await readInvariants(session, due, facts.dialect)
  return due.map(invariant => judge(invariant, found.get(invariant.name) ?? null, facts))
}

/** Pure: whether `found` is what the invariant promises. */
export function judge(invariant: Invariant, found: Value, facts: InvariantFacts): InvariantCheck {
  const before = facts.before.get(invariant.name) ?? null
  const check = { name: invariant.name, found: formatValue(found) }
  if (invariant.equals === 'before') return { ...check, held: equalValues(found, before), expected: `${formatValue(before)}, as before` }

  const possible = tallyCorners(facts.tallies).map(tallies => {
    const names = new Map<string, Value>([['before', before], ...tallies])
    return evaluateExpression(invariant.equals as Exclude<typeof invariant.equals, 'before'>, names, facts.parameters)
  })
  const [low, high] = extremes(possible)
  if (equalValues(low, high)) return { ...check, held: equalValues(found, low), expected: formatValue(low) }
  // Commits whose acknowledgement was lost may or may not have been applied: anything in between is consistent with them.
  const held = compareValues(found, low) >= 0 && compareValues(found, high) <= 0
  return { ...check, held, expected: `${formatValue(low)} to ${formatValue(high)}, with commits in doubt` }
}

/** Every combination of the bounds of the sums that are in doubt. */
function tallyCorners(tallies: ReadonlyMap<string, TallyRange>): [string, Value][][] {
  let corners: [string, Value][][] = [[]]
  for (const [name, range] of tallies) {
    const values = equalValues(range.low, range.high) ? [range.low] : [range.low, range.high]
    corners = corners.flatMap(corner => values.map((value): [string, Value][] => [...corner, [`tally.${name}`, value]]))
  }
  return corners
}

function extremes(values: readonly Value[]): [Value, Value] {
  const sorted = [...values].sort(compareValues)
  return [sorted[0] ?? null, sorted.at(-1) ?? null]
}

/** A connection that is lost, or a time-out, says nothing about the invariant. */
function cannotBeAsked(invariant: Invariant, text: string, error: unknown): unknown {
  if (!(error instanceof DatabaseError) || error.outcome !== 'other' || error.sessionLost) return error
  const message = `invariant «${invariant.name}» cannot be checked: ${error.message} (${error.code})`
  return new OltpError('INVARIANT_SQL', exitCodes.usage, message, { hint: `mend its \`sql\`: ${text.trim()}`, cause: error })
}

function notForThisEngine(invariant: Invariant, dialect: Dialect): OltpError {
  return new OltpError('INVARIANT_DIALECT', exitCodes.usage, `invariant «${invariant.name}» has no SQL for ${dialect}`, {
    hint: `add a \`${dialect}:\` text to its \`sql\``,
  })
}

function notOneValue(invariant: Invariant, rows: number, columns: number): OltpError {
  return new OltpError(
    'INVARIANT_NOT_ONE_VALUE',
    exitCodes.usage,
    `invariant «${invariant.name}» answered ${rows} rows${rows > 0 ? ` of ${columns} columns` : ''}, not one value`,
    { hint: 'let its query return one row with one column, as in SELECT SUM(balance) FROM account' },
  )
}
