/** What an error tells the application, by its SQLSTATE (PostgreSQL) or number (MySQL, MariaDB). */
const meanings: readonly (readonly [codes: readonly string[], meaning: string])[] = [
  [['40001', '1020'], 'what it had read is out of date: begin the transaction again, reads included'],
  [['40P01', '1213'], 'it was sacrificed to end a deadlock: begin the transaction again'],
  [['55P03', '1205', '3572'], 'the lock was not to be had: give up, or try again later'],
  [['57014', '3024', '1969'], 'it took longer than it was given'],
  [['23505', '1062'], 'the key is taken: a constraint kept the rule'],
  [['23P01'], 'it overlaps with what is there: a constraint kept the rule'],
  [['23503', '1451', '1452'], 'a foreign key kept the rule'],
  [['23514', '3819', '4025'], 'a constraint kept the rule'],
  [['25P02'], 'its transaction had failed before'],
  [['25006', '1792'], 'its transaction may only read'],
  [['1412'], 'the table was redefined after the snapshot: begin the transaction again'],
]

/** Null: nothing is known beyond the server's own words. */
export function meaningOf(code: string): string | null {
  return meanings.find(([codes]) => codes.includes(code))?.[1] ?? null
}

export const deadlockCodes: ReadonlySet<string> = new Set(['40P01', '1213'])

/** What is left of a transaction in which a statement failed with this; null: nothing is known, as of a lost connection. */
export function survivalOf(code: string): string | null {
  if (code === '25P02') return null
  if (sqlstate.test(code)) return 'the server now refuses everything until ROLLBACK, and a COMMIT would roll back'
  if (wholeTransaction.has(code)) return 'the server has rolled all of it back, and the session is in no transaction any more'
  return errorNumber.test(code) ? 'only the statement was undone: the transaction is open, and a COMMIT keeps the rest' : null
}

const sqlstate = /^[0-9A-Z]{2}[0-9A-Z]{3}$/
const errorNumber = /^\d{4}$/
const wholeTransaction: ReadonlySet<string> = new Set(['1213', '1020'])
