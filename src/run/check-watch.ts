import type { Session } from '../database/contract.js'
import { mostRecorded } from '../engine/check-book.js'
import type { Load } from '../engine/load.js'
import { formatCount } from '../format.js'
import type { AnomalyCheck } from '../measure/anomaly-check.js'
import type { CheckCount } from '../measure/check-record.js'
import { secondsOf } from '../measure/spans.js'
import type { Check, LostUpdatesCheck, Phase } from '../scenario/model.js'
import { sumCounters } from '../verify/check-tables.js'
import { lostSoFar } from '../verify/counters.js'
import { kindSoFar } from './anomaly-kinds.js'
import { CounterMarks } from './counter-marks.js'
import type { AnomalyState, RunListener } from './events.js'
import { ListWatch } from './list-watch.js'
import type { CountersBefore } from './load-checks.js'
import { MeasuredPhases } from './measured-phases.js'

type Watched = Pick<Load, 'counts' | 'recent'>

/**
 * A running count of anomalies while a load runs. `session` is asked for sums of counters, and only for them: once a second, and when
 * what is measured begins or ends.
 */
export class CheckWatch {
  /** By check of counters. */
  readonly marks: ReadonlyMap<Check, CounterMarks>
  private readonly session: Session
  private readonly checks: readonly Check[]
  private readonly before: CountersBefore
  private readonly listener: RunListener
  private readonly measured: MeasuredPhases
  private readonly lists: ListWatch | null
  private load: Watched | null = null
  private asking: Promise<void> = Promise.resolve()
  private looking = false

  constructor(session: Session, checks: readonly Check[], phases: readonly Phase[], before: CountersBefore, listener: RunListener) {
    this.session = session
    this.checks = checks
    this.before = before
    this.listener = listener
    this.measured = new MeasuredPhases(phases)
    this.marks = new Map(checks.filter(({ kind }) => kind === 'lost_updates').map(check => [check, new CounterMarks(phases)]))
    const lists = checks.filter(({ kind }) => kind === 'list_append').length
    this.lists = lists === 0 ? null : new ListWatch(lists)
  }

  follow(load: Watched): void {
    this.load = load
  }

  /** @param at microseconds since the load's zero */
  onPhase(index: number, at: number): void {
    const { load } = this
    this.measured.began(index, at)
    if (load !== null) this.ask(() => this.mark(load, index))
  }

  /** Once a second. While the last look goes on, it is left out. */
  onTick(): void {
    const { load } = this
    if (load === null || this.looking) return
    this.looking = true
    this.ask(() => this.look(load)).finally(() => {
      this.looking = false
    })
  }

  /** Resolves when the look at hand is over. */
  async stop(): Promise<void> {
    await this.asking
    await this.lists?.close()
  }

  /** One after the other on the session. What the server refuses now, it refuses at the end too, and there it is said. */
  private ask(question: () => Promise<void>): Promise<void> {
    this.asking = this.asking.then(question).catch(() => {})
    return this.asking
  }

  private async mark(load: Watched, index: number): Promise<void> {
    for (const [at, check] of this.checks.entries()) {
      const marks = this.marks.get(check)
      if (check.kind !== 'lost_updates' || marks?.needsMark(index) !== true) continue
      if (index === 0) {
        // Nothing has run before the first phase.
        marks.mark(index, 0, 0)
        continue
      }
      const { at: now, counts } = await load.counts()
      marks.mark(index, now, await this.lostBy(check, counts[at]).catch(() => null))
    }
  }

  private async look(load: Watched): Promise<void> {
    const { at, counts } = await load.counts()
    const measured = this.measured.until(at)
    this.lists?.look(load, measured)
    const states: AnomalyState[] = []
    let lists = 0
    for (const [index, check] of this.checks.entries()) {
      const count = counts[index] ?? { transactions: 0, seen: 0, measured: 0 }
      if (check.kind === 'list_append') states.push(this.ofLists(check.name, lists++, count))
      else if (check.kind === 'write_skew') states.push(ofSkew(check.name, count, secondsOf(measured)))
      else states.push(this.ofCounters(check, at, count, await this.lostBy(check, count)))
    }
    this.listener({ kind: 'anomalies', states })
  }

  private ofLists(name: string, index: number, { transactions }: CheckCount): AnomalyState {
    const standing = this.lists?.standing(index) ?? { transactions: 0, kinds: [] }
    const full = transactions < mostRecorded ? '' : '; no more are recorded'
    const detail = `in ${formatCount(standing.transactions)} of ${formatCount(transactions)} transactions so far${full}`
    return { name, looked: standing.transactions > 0, kinds: standing.kinds, detail }
  }

  private ofCounters(check: LostUpdatesCheck, at: number, { transactions }: CheckCount, lost: number): AnomalyState {
    const loss = this.marks.get(check)?.until(at, lost) ?? { lost: 0, seconds: 0 }
    const kinds = lost === 0 ? [] : [kindSoFar('lost increment', lost, loss.lost, loss.seconds)]
    return { name: check.name, looked: true, kinds, detail: `in ${formatCount(transactions)} commits so far` }
  }

  private async lostBy(check: LostUpdatesCheck, count: CheckCount | undefined): Promise<number> {
    const before = [...(this.before.get(check)?.values() ?? [])].reduce((all, one) => all + one, 0)
    return lostSoFar(count?.transactions ?? 0, before, await sumCounters(this.session, check))
  }
}

function ofSkew(name: string, { transactions, seen, measured }: CheckCount, seconds: number): AnomalyState {
  const kinds = seen === 0 ? [] : [kindSoFar('write skew', seen, measured, seconds)]
  return { name, looked: true, kinds, detail: `in ${formatCount(transactions)} commits so far` }
}

/** As the screen shows them when all is known. */
export function finalStates(results: readonly AnomalyCheck[]): readonly AnomalyState[] {
  return results.map(({ name, transactions, anomalies, level }) => ({
    name,
    looked: true,
    kinds: anomalies.map(({ name: anomaly, meaning, count, per_minute }) => ({ name: anomaly, meaning, count, perMinute: per_minute })),
    detail: `in ${formatCount(transactions)} transactions${level === null || anomalies.length === 0 ? '' : `: as ${level}`}`,
  }))
}
