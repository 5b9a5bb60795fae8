import type { StepError } from '../facts.js'

interface Meaning {
  /** Goes on after «it was refused with 40001: ». */
  readonly why: string
  readonly remedy: Remedy
}

/** What the application has to do: begin the transaction again, or try the same later; null: it depends. */
type Remedy = 'begin again' | 'later' | null

/** What an error tells the application, by its SQLSTATE (PostgreSQL) or number (MySQL, MariaDB). */
const meanings: readonly (readonly [codes: readonly string[], meaning: Meaning])[] = [
  [['40001'], { why: 'it could not be put in order with what others did at the same time', remedy: 'begin again' }],
  [['1020'], { why: 'somebody else has written that row since its snapshot', remedy: 'begin again' }],
  [['40P01', '1213'], { why: 'it was sacrificed to end a deadlock', remedy: 'begin again' }],
  [['55P03', '1205', '3572'], { why: 'the lock was not to be had', remedy: 'later' }],
  [['57014', '3024', '1969'], { why: 'it took longer than it was given', remedy: null }],
  [['23505', '1062'], { why: 'the key is taken, and a constraint keeps the rule', remedy: null }],
  [['23P01'], { why: 'it overlaps with what is there, and a constraint keeps the rule', remedy: null }],
  [['23503', '1451', '1452'], { why: 'a foreign key keeps the rule', remedy: null }],
  [['23514', '3819', '4025'], { why: 'a constraint keeps the rule', remedy: null }],
  [['25P02'], { why: 'its transaction had failed before', remedy: null }],
  [['25006', '1792'], { why: 'its transaction may only read', remedy: null }],
  [['42P07', '1050'], { why: 'there is a table of that name', remedy: null }],
  [['1412'], { why: 'the table was redefined after the snapshot', remedy: 'begin again' }],
]

/** PostgreSQL has one code for what it has found and for what it cannot rule out; in another language than English it is not told apart. */
const closer: readonly (readonly [code: string, says: RegExp, why: string])[] = [
  ['40001', /due to concurrent update/, 'somebody else has written that row since its snapshot'],
  ['40001', /due to concurrent delete/, 'somebody else has removed that row since its snapshot'],
  [
    '40001',
    /read\/write dependencies/,
    'with what others have read and written, the server could not be sure that any serial order is left',
  ],
]

/** Null: nothing is known beyond the server's own words. */
export function whyOf({ code, message }: StepError): string | null {
  return closer.find(([which, says]) => which === code && says.test(message))?.[2] ?? meaningOf(code)?.why ?? null
}

export function remedyOf(code: string): Remedy {
  return meaningOf(code)?.remedy ?? null
}

export const deadlockCodes: ReadonlySet<string> = new Set(['40P01', '1213'])

function meaningOf(code: string): Meaning | null {
  return meanings.find(([codes]) => codes.includes(code))?.[1] ?? null
}
