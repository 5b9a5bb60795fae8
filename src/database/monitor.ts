import type { ServerColumn } from '../measure/server-rows.js'
import type { Value } from '../scenario/values.js'
import type { Session } from './contract.js'
import { type Spelling, statementKey } from './statement-key.js'

/**
 * How a server is watched while a load runs, from a session of the watcher's own. Made for one server and one run: it remembers what
 * it has seen. What the role may not read is left out, never an error.
 */
export interface Monitor {
  readonly columns: readonly ServerColumn[]
  /** One look, one or two round trips. @throws DatabaseError */
  sample(session: Session): Promise<MonitorSample>
  /** What the server has counted of these texts, as they are sent, in this namespace's database. @throws DatabaseError */
  statements(session: Session, texts: readonly string[]): Promise<StatementStatistics>
}

interface MonitorSample {
  /** Under `columns`; null: the server does not have it, or not for this role. */
  readonly values: readonly (number | null)[]
  /** What has happened since the look before that is worth a line, as in `autovacuum of account`. */
  readonly events: readonly string[]
  /** What this role may not see, and what would let it. */
  readonly missing: readonly string[]
}

export interface StatementStatistics {
  /** One per text; null: none, or the server keeps no such statistics. */
  readonly counts: readonly (StatementCount | null)[]
  /** Why there is nothing, where a right or one command would change that. */
  readonly missing: string | null
}

/** Cumulative. */
export interface StatementCount {
  readonly calls: number
  readonly time_us: number
}

/** What the server has counted for each text, from its own texts and counts; lists of different lengths are summed up. */
export function countsFor(
  texts: readonly string[],
  counted: Iterable<StatementCount & { readonly text: string }>,
  spelling: Spelling,
): (StatementCount | null)[] {
  const byKey = new Map<string, StatementCount>()
  for (const { text, calls, time_us } of counted) {
    const key = statementKey(text, spelling)
    const known = byKey.get(key) ?? { calls: 0, time_us: 0 }
    byKey.set(key, { calls: known.calls + calls, time_us: known.time_us + time_us })
  }
  return texts.map(text => byKey.get(statementKey(text, spelling)) ?? null)
}

/** null for none, and for what is no number. */
export function toNumber(value: Value | undefined): number | null {
  if (value === null || value === undefined || value === '' || Array.isArray(value)) return null
  const number = typeof value === 'object' && 'float' in value ? value.float : Number(value)
  return Number.isFinite(number) ? number : null
}
