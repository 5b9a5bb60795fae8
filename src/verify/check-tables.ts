import { DatabaseError, type Session } from '../database/contract.js'
import { exitCodes, OltpError } from '../errors.js'
import { type FinalLists, parseList } from '../measure/history.js'
import { formatValue } from '../scenario/format-value.js'
import type { ListAppendCheck, LostUpdatesCheck } from '../scenario/model.js'
import type { Value } from '../scenario/values.js'

/** What the lists of a check hold. @throws OltpError CHECK_SQL, CHECK_LIST */
export async function readLists(session: Session, { name, table, key, list }: ListAppendCheck): Promise<FinalLists> {
  const rows = await ask(session, name, `SELECT ${key}, ${list} FROM ${table}`)
  const lists = rows.map(([of = null, value = null]) => ({ key: formatValue(of), elements: elementsOf(value, name, formatValue(of)) }))
  const firstElement = new Int32Array(lists.length + 1)
  lists.forEach(({ elements }, index) => {
    firstElement[index + 1] = (firstElement[index] as number) + elements.length
  })
  return { keys: lists.map(one => one.key), firstElement, elements: Int32Array.from(lists.flatMap(({ elements }) => elements)) }
}

/** Before the load every list must be empty: what somebody else appended would be taken for nobody's. @throws OltpError CHECK_LIST_NOT_EMPTY */
export async function requireEmptyLists(session: Session, check: ListAppendCheck): Promise<void> {
  const { keys, firstElement } = await readLists(session, check)
  const filled = keys.find((_, index) => firstElement[index + 1] !== firstElement[index])
  if (filled === undefined) return
  throw new OltpError(
    'CHECK_LIST_NOT_EMPTY',
    exitCodes.usage,
    `check «${check.name}»: the list of key ${filled} is not empty before the load`,
    {
      hint: 'let the seed leave the lists empty, and remove `reuse`; `--fresh` seeds again',
    },
  )
}

/** What each counter of a check says. @throws OltpError CHECK_SQL, CHECK_COUNTER */
export async function readCounters(session: Session, { name, table, key, value }: LostUpdatesCheck): Promise<ReadonlyMap<string, number>> {
  const rows = await ask(session, name, `SELECT ${key}, ${value} FROM ${table}`)
  return new Map(rows.map(([of = null, count = null]) => [formatValue(of), countOf(count, name, formatValue(of))]))
}

/** What all counters of a check say together. @throws OltpError as `readCounters` does */
export async function sumCounters(session: Session, { name, table, value }: LostUpdatesCheck): Promise<number> {
  const rows = await ask(session, name, `SELECT SUM(${value}) FROM ${table}`)
  return countOf(rows[0]?.[0] ?? null, name, 'all')
}

async function ask(session: Session, check: string, text: string): Promise<readonly (readonly Value[])[]> {
  try {
    return (await session.query(text)).rows
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.outcome !== 'other' || error.sessionLost) throw error
    throw new OltpError('CHECK_SQL', exitCodes.usage, `check «${check}» cannot read its table: ${error.message} (${error.code})`, {
      hint: `mend the names in it: ${text}`,
      cause: error,
    })
  }
}

function elementsOf(value: Value, check: string, key: string): readonly number[] {
  const text = value === null ? '' : formatValue(value)
  const elements = parseList(text)
  if (elements !== null) return elements
  const message = `check «${check}»: the list of key ${key} is no list of whole numbers with commas between: ${text.slice(0, 60)}`
  throw new OltpError('CHECK_LIST', exitCodes.usage, message, { hint: 'append to it with a comma before each element' })
}

function countOf(value: Value, check: string, key: string): number {
  const count = Number(value === null ? 0 : formatValue(value))
  if (Number.isSafeInteger(count)) return count
  const message = `check «${check}»: the counter of key ${key} is no whole number: ${formatValue(value)}`
  throw new OltpError('CHECK_COUNTER', exitCodes.usage, message, { hint: 'name a column of whole numbers as its `value`' })
}
