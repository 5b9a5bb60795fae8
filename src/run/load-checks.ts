import type { Session } from '../database/contract.js'
import type { AnomalyCheck } from '../measure/anomaly-check.js'
import type { CheckRecord } from '../measure/check-record.js'
import type { TimeSpan } from '../measure/spans.js'
import type { Check, ResolvedScenario } from '../scenario/model.js'
import { readCounters, readLists, requireEmptyLists } from '../verify/check-tables.js'
import type { CounterMarks } from './counter-marks.js'
import { type CheckedData, judgeCheck } from './judge-checks.js'

/** By check, what its counters said before the load. */
export type CountersBefore = ReadonlyMap<Check, ReadonlyMap<string, number>>

/** Before the load: what it begins from. @throws OltpError as verify/check-tables.ts */
export async function beginChecks(session: Session, checks: readonly Check[]): Promise<CountersBefore> {
  const before = new Map<Check, ReadonlyMap<string, number>>()
  for (const check of checks) {
    if (check.kind === 'list_append') await requireEmptyLists(session, check)
    if (check.kind === 'lost_updates') before.set(check, await readCounters(session, check))
  }
  return before
}

/** What is known of a load that is over. */
export interface LoadNotes {
  /** By check, in the scenario's order. */
  readonly records: readonly CheckRecord[]
  readonly marks: ReadonlyMap<Check, CounterMarks>
  /** When it was measured. */
  readonly measured: readonly TimeSpan[]
}

/**
 * After the load, when nothing is in flight any more: what the checks found out, in the scenario's order.
 *
 * @throws OltpError as verify/check-tables.ts and `judgeCheck` do
 */
export async function finishChecks(
  session: Session,
  scenario: ResolvedScenario,
  before: CountersBefore,
  { records, marks, measured }: LoadNotes,
): Promise<AnomalyCheck[]> {
  const results: AnomalyCheck[] = []
  for (const [index, check] of scenario.checks.entries()) {
    const record = records[index]
    if (record !== undefined) results.push(await judgeCheck(check, scenario, record, await dataOf(session, check, before, marks), measured))
  }
  return results
}

async function dataOf(
  session: Session,
  check: Check,
  before: CountersBefore,
  marks: ReadonlyMap<Check, CounterMarks>,
): Promise<CheckedData> {
  if (check.kind === 'list_append') return { kind: check.kind, finals: await readLists(session, check) }
  if (check.kind === 'write_skew') return { kind: check.kind }
  return {
    kind: check.kind,
    before: before.get(check) ?? new Map(),
    after: await readCounters(session, check),
    marks: marks.get(check) ?? null,
  }
}
