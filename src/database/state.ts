import { ask, asText, type NamespaceHold } from './bookkeeping.js'

/**
 * What is known of the data in a namespace. `seeding`: a seeding began, and ended only if the next word came;
 * `dirty`: somebody may have written to it since.
 */
export interface DataState {
  readonly state: 'empty' | 'seeding' | 'clean' | 'dirty'
  /** Of everything that decides what seeding makes. */
  readonly fingerprint: string
  readonly scenario: string
  /** The run that wrote this down. */
  readonly runId: string
}

const nothing: DataState = { state: 'empty', fingerprint: '', scenario: '', runId: '' }

/** One row per namespace: whatever a scenario touches, the next one knows. */
export async function readDataState(hold: NamespaceHold): Promise<DataState> {
  const found = await ask(hold, 'SELECT state, fingerprint, scenario, run_id FROM {oltp_state} WHERE id = 1')
  const [row] = found.rows
  if (row === undefined) return nothing
  const [state, fingerprint, scenario, runId] = row.map(asText)
  return { state: (state ?? 'empty') as DataState['state'], fingerprint: fingerprint ?? '', scenario: scenario ?? '', runId: runId ?? '' }
}

export async function writeDataState(hold: NamespaceHold, { state, fingerprint, scenario, runId }: DataState): Promise<void> {
  const values = [state, fingerprint, scenario.slice(0, 255), runId, new Date().toISOString()]
  const updated = await ask(
    hold,
    'UPDATE {oltp_state} SET state = ?, fingerprint = ?, scenario = ?, run_id = ?, changed_at = ? WHERE id = 1',
    values,
  )
  if (updated.affected > 0) return
  await ask(hold, 'INSERT INTO {oltp_state} (state, fingerprint, scenario, run_id, changed_at, id) VALUES (?, ?, ?, ?, ?, 1)', values)
}

/** The tables are about to go or to change: whatever was seeded is not what will be there. */
export async function forgetData(hold: NamespaceHold): Promise<void> {
  await ask(hold, "UPDATE {oltp_state} SET fingerprint = '' WHERE id = 1")
}
