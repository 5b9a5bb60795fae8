import type { AnomalyCheck } from '../measure/anomaly-check.js'
import type { CheckRecord } from '../measure/check-record.js'
import type { FinalLists } from '../measure/history.js'
import { secondsOf, type TimeSpan } from '../measure/spans.js'
import { type AnomalyName, anomalyMeanings } from '../scenario/anomalies.js'
import type { Check, ListAppendCheck, LostUpdatesCheck, ResolvedScenario, WriteSkewCheck } from '../scenario/model.js'
import { judgeCounters } from '../verify/counters.js'
import { checkInWorker } from '../verify/history/in-worker.js'
import { perMinute } from './anomaly-kinds.js'
import type { CounterMarks } from './counter-marks.js'
import { forbiddenBy } from './forbidden.js'

/** What the tables of a check hold after the load, and its counters before it. */
export type CheckedData =
  | { readonly kind: 'list_append'; readonly finals: FinalLists }
  | {
      readonly kind: 'lost_updates'
      readonly before: ReadonlyMap<string, number>
      readonly after: ReadonlyMap<string, number>
      /** null: nobody looked while the load ran. */
      readonly marks: CounterMarks | null
    }
  | { readonly kind: 'write_skew' }

const countersShown = 100

/**
 * What one check found out.
 *
 * @param measured when the load was measured
 * @throws OltpError as `checkHistory` does
 */
export async function judgeCheck(
  check: Check,
  scenario: ResolvedScenario,
  record: CheckRecord,
  data: CheckedData,
  measured: readonly TimeSpan[],
): Promise<AnomalyCheck> {
  const findings = await findingsOf(check, record, data, measured)
  const forbidden = forbiddenBy(check, scenario)
  const anomalies = findings.anomalies.map(({ name, count, measured: within, sentences, transactions }) => ({
    name,
    meaning: anomalyMeanings[name],
    count,
    measured: within,
    per_minute: within === null ? null : perMinute(within, findings.measured_s),
    breaks: forbidden.has(name),
    sentences: [...sentences],
    transactions: transactions.map(one => ({ ...one })),
  }))
  return { ...findings, name: check.name, kind: check.kind, held: anomalies.every(({ breaks }) => !breaks), anomalies }
}

interface Findings extends Omit<AnomalyCheck, 'name' | 'kind' | 'held' | 'anomalies'> {
  readonly anomalies: readonly {
    readonly name: AnomalyName
    readonly count: number
    readonly measured: number | null
    readonly sentences: readonly string[]
    readonly transactions: readonly AnomalyCheck['anomalies'][number]['transactions'][number][]
  }[]
}

async function findingsOf(check: Check, record: CheckRecord, data: CheckedData, measured: readonly TimeSpan[]): Promise<Findings> {
  if (check.kind === 'list_append' && record.kind === 'list_append' && data.kind === 'list_append') {
    return ofLists(check, record, data, measured)
  }
  if (check.kind === 'lost_updates' && record.kind === 'lost_updates' && data.kind === 'lost_updates') {
    return ofCounters(check, record, data, measured)
  }
  if (check.kind === 'write_skew' && record.kind === 'write_skew') return ofWriteSkew(check, record, secondsOf(measured))
  throw new TypeError(`check ${check.name} was given the record of another one`)
}

type Of<Kind extends CheckRecord['kind'], Union> = Extract<Union, { kind: Kind }>

async function ofLists(
  _check: ListAppendCheck,
  { histories }: Of<'list_append', CheckRecord>,
  { finals }: Of<'list_append', CheckedData>,
  measured: readonly TimeSpan[],
): Promise<Findings> {
  const verdict = await checkInWorker({ parts: histories, finals, measured })
  const { transactions, measured_s, complete, exact, level, anomalies } = verdict
  const { committed, aborted, inDoubt } = transactions
  return { transactions: committed + aborted + inDoubt, measured_s, complete, exact, level, anomalies, counters: [] }
}

function ofCounters(
  { value }: LostUpdatesCheck,
  record: Of<'lost_updates', CheckRecord>,
  { before, after, marks }: Of<'lost_updates', CheckedData>,
  measured: readonly TimeSpan[],
): Findings {
  const { commits, lost, unexplained, wrong } = judgeCounters(record, before, after)
  const loss = marks?.until(measured.at(-1)?.to ?? 0, lost) ?? null
  const less = wrong.find(({ expected, found }) => (found ?? 0) < expected)
  const more = wrong.find(({ expected, found, inDoubt }) => (found ?? 0) > expected + inDoubt)
  const sentence = (one: typeof less) =>
    one === undefined
      ? []
      : [
          `Of key ${one.key}, ${value} was ${before.get(one.key) ?? 0} before the load and ${one.found ?? 'nothing'} after it; ` +
            `${one.expected - (before.get(one.key) ?? 0)} commits were acknowledged${one.inDoubt === 0 ? '' : ` and ${one.inDoubt} are in doubt`}.`,
        ]
  const found = [
    { name: 'foreign increment' as const, count: unexplained, measured: null, sentences: sentence(more), transactions: [] },
    { name: 'lost increment' as const, count: lost, measured: loss?.lost ?? null, sentences: sentence(less), transactions: [] },
  ]
  return {
    transactions: commits,
    measured_s: loss?.seconds ?? 0,
    complete: true,
    exact: [...record.keys.values()].every(({ inDoubt }) => inDoubt === 0),
    level: null,
    anomalies: found.filter(({ count }) => count > 0),
    counters: wrong.slice(0, countersShown).map(({ key, expected, inDoubt, found: is }) => ({
      key,
      expected: String(expected),
      in_doubt: inDoubt,
      found: is === null ? null : String(is),
      lost: Math.max(0, expected - (is ?? 0)),
    })),
  }
}

function ofWriteSkew({ seen }: WriteSkewCheck, record: Of<'write_skew', CheckRecord>, seconds: number): Findings {
  const { first } = record
  const sentences =
    first === null
      ? []
      : [`Client ${first.client} saw «${seen.source}» in ${first.transaction} at ${first.ended_s.toFixed(3)} s, and committed.`]
  const anomalies =
    record.seen === 0 ? [] : [{ name: 'write skew' as const, count: record.seen, measured: record.measured, sentences, transactions: [] }]
  return { transactions: record.commits, measured_s: seconds, complete: true, exact: true, level: null, anomalies, counters: [] }
}
