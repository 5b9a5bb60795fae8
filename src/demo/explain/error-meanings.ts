interface Meaning {
  /** Goes on after «it was refused with 40001: ». */
  readonly why: string
  readonly advice: string | null
}

const again = 'The application begins the transaction again, reads included.'

/** What an error tells the application, by its SQLSTATE (PostgreSQL) or number (MySQL, MariaDB). */
const meanings: readonly (readonly [codes: readonly string[], meaning: Meaning])[] = [
  [['40001', '1020'], { why: 'what others have committed does not fit its snapshot any more', advice: again }],
  [['40P01', '1213'], { why: 'it was sacrificed to end a deadlock', advice: again }],
  [['55P03', '1205', '3572'], { why: 'the lock was not to be had', advice: 'The application gives up, or tries again later.' }],
  [['57014', '3024', '1969'], { why: 'it took longer than it was given', advice: null }],
  [['23505', '1062'], { why: 'the key is taken, and a constraint keeps the rule', advice: null }],
  [['23P01'], { why: 'it overlaps with what is there, and a constraint keeps the rule', advice: null }],
  [['23503', '1451', '1452'], { why: 'a foreign key keeps the rule', advice: null }],
  [['23514', '3819', '4025'], { why: 'a constraint keeps the rule', advice: null }],
  [['25P02'], { why: 'its transaction had failed before', advice: null }],
  [['25006', '1792'], { why: 'its transaction may only read', advice: null }],
  [['1412'], { why: 'the table was redefined after the snapshot', advice: again }],
]

/** Null: nothing is known beyond the server's own words. */
export function meaningOf(code: string): Meaning | null {
  return meanings.find(([codes]) => codes.includes(code))?.[1] ?? null
}

export const deadlockCodes: ReadonlySet<string> = new Set(['40P01', '1213'])

/** What is left of a transaction in which a statement failed with this; null: nothing is known, as of a lost connection. */
export function survivalOf(code: string): string | null {
  if (code === '25P02') return null
  if (sqlstate.test(code)) return 'The server now refuses everything until ROLLBACK, and a COMMIT would roll back.'
  if (wholeTransaction.has(code)) return 'Its whole transaction was rolled back, and the session is in none any more.'
  return errorNumber.test(code) ? 'Only the statement was undone: its transaction is open, and a COMMIT would keep the rest.' : null
}

const sqlstate = /^[0-9A-Z]{5}$/
const errorNumber = /^\d{4}$/
const wholeTransaction: ReadonlySet<string> = new Set(['1213', '1020'])
