/**
 * How an attempt ended. The first two are what the scenario asked for; `serialization`, `deadlock`, `lock_timeout` and
 * `conflict` are retried, `connection` too; `ambiguous` is never retried blindly, the COMMIT may have been applied.
 */
export const outcomes = [
  'committed',
  'rolled_back',
  'serialization',
  'deadlock',
  'lock_timeout',
  'statement_timeout',
  'conflict',
  'constraint',
  'connection',
  'ambiguous',
  'other',
] as const

export type Outcome = (typeof outcomes)[number]

export const retryableOutcomes: ReadonlySet<Outcome> = new Set(['serialization', 'deadlock', 'lock_timeout', 'conflict', 'connection'])

/** Outcomes in words, for people. */
export const outcomeNames: { readonly [outcome in Outcome]: string } = {
  committed: 'committed',
  rolled_back: 'rolled back',
  serialization: 'serialization failure',
  deadlock: 'deadlock',
  lock_timeout: 'lock timeout',
  statement_timeout: 'statement timeout',
  conflict: 'conflict seen by the scenario',
  constraint: 'constraint violation',
  connection: 'connection lost',
  ambiguous: 'in doubt: lost after COMMIT',
  other: 'other error',
}
