import type { AnomalyCheck } from '../measure/anomaly-check.js'
import type { CheckRecord } from '../measure/check-record.js'
import type { FinalLists } from '../measure/history.js'
import { type AnomalyName, anomalyMeanings } from '../scenario/anomalies.js'
import type { Check, ListAppendCheck, LostUpdatesCheck, ResolvedScenario, WriteSkewCheck } from '../scenario/model.js'
import { judgeCounters } from '../verify/counters.js'
import { checkInWorker } from '../verify/history/in-worker.js'
import { forbiddenBy } from './forbidden.js'

/** What the tables of a check hold after the load, and its counters before it. */
export type CheckedData =
  | { readonly kind: 'list_append'; readonly finals: FinalLists }
  | { readonly kind: 'lost_updates'; readonly before: ReadonlyMap<string, number>; readonly after: ReadonlyMap<string, number> }
  | { readonly kind: 'write_skew' }

const countersShown = 100

/**
 * What one check found out.
 *
 * @param seconds how long the load took
 * @throws OltpError as `checkHistory` does
 */
export async function judgeCheck(
  check: Check,
  scenario: ResolvedScenario,
  record: CheckRecord,
  data: CheckedData,
  seconds: number,
): Promise<AnomalyCheck> {
  const findings = await findingsOf(check, record, data, seconds)
  const forbidden = forbiddenBy(check, scenario)
  const anomalies = findings.anomalies.map(({ name, count, sentences, transactions }) => ({
    name,
    meaning: anomalyMeanings[name],
    count,
    per_minute: findings.recorded_s > 0 ? (count * 60) / findings.recorded_s : 0,
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
    readonly sentences: readonly string[]
    readonly transactions: readonly AnomalyCheck['anomalies'][number]['transactions'][number][]
  }[]
}

async function findingsOf(check: Check, record: CheckRecord, data: CheckedData, seconds: number): Promise<Findings> {
  if (check.kind === 'list_append' && record.kind === 'list_append' && data.kind === 'list_append') {
    return ofLists(check, record, data)
  }
  if (check.kind === 'lost_updates' && record.kind === 'lost_updates' && data.kind === 'lost_updates') {
    return ofCounters(check, record, data, seconds)
  }
  if (check.kind === 'write_skew' && record.kind === 'write_skew') return ofWriteSkew(check, record, seconds)
  throw new TypeError(`check ${check.name} was given the record of another one`)
}

type Of<Kind extends CheckRecord['kind'], Union> = Extract<Union, { kind: Kind }>

async function ofLists(
  _check: ListAppendCheck,
  { histories }: Of<'list_append', CheckRecord>,
  { finals }: Of<'list_append', CheckedData>,
): Promise<Findings> {
  const { transactions, seconds, complete, exact, level, anomalies } = await checkInWorker({ parts: histories, finals })
  const { committed, aborted, inDoubt } = transactions
  return { transactions: committed + aborted + inDoubt, recorded_s: seconds, complete, exact, level, anomalies, counters: [] }
}

function ofCounters(
  { value }: LostUpdatesCheck,
  record: Of<'lost_updates', CheckRecord>,
  { before, after }: Of<'lost_updates', CheckedData>,
  seconds: number,
): Findings {
  const { commits, lost, unexplained, wrong } = judgeCounters(record, before, after)
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
    { name: 'aborted write' as const, count: unexplained, sentences: sentence(more), transactions: [] },
    { name: 'lost update' as const, count: lost, sentences: sentence(less), transactions: [] },
  ]
  return {
    transactions: commits,
    recorded_s: seconds,
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
  const anomalies = record.seen === 0 ? [] : [{ name: 'write skew' as const, count: record.seen, sentences, transactions: [] }]
  return { transactions: record.commits, recorded_s: seconds, complete: true, exact: true, level: null, anomalies, counters: [] }
}
