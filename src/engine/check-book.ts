import type { CheckCount, CheckRecord, Commits } from '../measure/check-record.js'
import { type History, transactionState } from '../measure/history.js'
import { HistoryRecorder, OpenOperations } from '../measure/history-recorder.js'
import type { Outcome } from '../measure/outcome.js'
import type { Check } from '../scenario/model.js'
import type { Attempt, AttemptObserver, CompiledTransaction } from '../scenario/program.js'
import type { Clock } from './clock.js'

/** How many transactions all threads together keep the doings of: a few hundred megabytes. */
export const mostRecorded = 500_000

/** The share of them that is handed out at a time, at most, while the load runs: it shall not keep the clients waiting for long. */
const mostAtATime = 0.02

type Page =
  | { readonly kind: 'list_append'; readonly recorder: HistoryRecorder }
  | { readonly kind: 'lost_updates'; readonly keys: Map<string, { acknowledged: number; inDoubt: number }>; commits: number }
  | {
      readonly kind: 'write_skew'
      commits: number
      seen: number
      measured: number
      first: Extract<CheckRecord, { kind: 'write_skew' }>['first']
    }

/** What the clients of one load thread note for the scenario's checks. */
export class CheckBook {
  private readonly pages: readonly Page[]
  private readonly mostRecent: number

  /** @param limit transactions that a history may hold */
  constructor(checks: readonly Check[], limit: number) {
    this.mostRecent = Math.ceil(limit * mostAtATime)
    this.pages = checks.map(({ kind }): Page => {
      if (kind === 'list_append') return { kind, recorder: new HistoryRecorder(limit) }
      return kind === 'lost_updates' ? { kind, keys: new Map(), commits: 0 } : { kind, commits: 0, seen: 0, measured: 0, first: null }
    })
  }

  /** The hand of one client. @param attempt what it runs its transactions with @param isMeasured whether a time of the clock is in a measured phase */
  observer(attempt: Attempt, clock: Clock, isMeasured: (now: number) => boolean): ClientObserver {
    return new ClientObserver(this.pages, attempt, clock, isMeasured)
  }

  counts(): readonly CheckCount[] {
    return this.pages.map(page => {
      if (page.kind === 'list_append') return { transactions: page.recorder.length, seen: 0, measured: 0 }
      const { seen, measured } = page.kind === 'write_skew' ? page : { seen: 0, measured: 0 }
      return { transactions: page.commits, seen, measured }
    })
  }

  /** What the checks of lists have recorded since the last call: of each, the newest transactions. */
  recent(): readonly History[] {
    return this.pages.flatMap(page => (page.kind === 'list_append' ? [page.recorder.recent(this.mostRecent)] : []))
  }

  records(): readonly CheckRecord[] {
    return this.pages.map((page): CheckRecord => {
      if (page.kind === 'list_append') return { kind: page.kind, histories: [page.recorder.history()] }
      if (page.kind === 'lost_updates') return { kind: page.kind, keys: new Map<string, Commits>(page.keys) }
      return { kind: page.kind, commits: page.commits, seen: page.seen, measured: page.measured, first: page.first }
    })
  }
}

/** Notes what the attempts of one client do, one after the other. */
export class ClientObserver implements AttemptObserver {
  private readonly pages: readonly Page[]
  private readonly attempt: Attempt
  private readonly clock: Clock
  private readonly isMeasured: (now: number) => boolean
  private readonly open: readonly OpenOperations[]
  private readonly savepoints: { readonly name: string; readonly lengths: readonly number[] }[] = []

  constructor(pages: readonly Page[], attempt: Attempt, clock: Clock, isMeasured: (now: number) => boolean) {
    this.pages = pages
    this.attempt = attempt
    this.clock = clock
    this.isMeasured = isMeasured
    this.open = pages.map(() => new OpenOperations())
  }

  appended(check: number, key: string, element: number): void {
    const page = this.pages[check]
    if (page?.kind === 'list_append') page.recorder.append(this.open[check] as OpenOperations, key, element)
  }

  changedNothing(check: number): void {
    const open = this.open[check] as OpenOperations
    open.cutTo(open.length - 1)
  }

  read(check: number, key: string, list: string): boolean {
    const page = this.pages[check]
    return page?.kind !== 'list_append' || page.recorder.read(this.open[check] as OpenOperations, key, list)
  }

  savepoint(name: string): void {
    this.savepoints.push({ name, lengths: this.open.map(({ length }) => length) })
  }

  /** What came after it did not happen. */
  rolledBackTo(name: string): void {
    const savepoint = this.savepoints.findLast(one => one.name === name)
    savepoint?.lengths.forEach((length, check) => {
      this.open[check]?.cutTo(length)
    })
  }

  released(name: string): void {
    const at = this.savepoints.findLastIndex(one => one.name === name)
    if (at !== -1) this.savepoints.length = at
  }

  /** @param committing its COMMIT had been sent: whoever cut it off does not know what became of it */
  ended(transaction: CompiledTransaction, outcome: Outcome | 'cancelled', committing: boolean): void {
    const unknown = outcome === 'ambiguous' || (outcome === 'cancelled' && (committing || transaction.autocommit))
    const state = outcome === 'committed' ? transactionState.committed : unknown ? transactionState.inDoubt : transactionState.aborted
    const now = this.clock()
    this.pages.forEach((page, check) => {
      if (page.kind === 'list_append') page.recorder.ended(this.open[check] as OpenOperations, state, this.attempt.client, now)
    })
    this.savepoints.length = 0
    if (state === transactionState.aborted) return
    for (const end of transaction.observedEnds) {
      const page = this.pages[end.check]
      if (end.kind === 'key' && page?.kind === 'lost_updates') {
        const key = end.key(this.attempt)
        const commits = page.keys.get(key) ?? { acknowledged: 0, inDoubt: 0 }
        commits[state === transactionState.committed ? 'acknowledged' : 'inDoubt']++
        page.keys.set(key, commits)
        if (state === transactionState.committed) page.commits++
      } else if (end.kind === 'seen' && page?.kind === 'write_skew' && state === transactionState.committed) {
        page.commits++
        if (!end.seen(this.attempt)) continue
        page.seen++
        if (this.isMeasured(now)) page.measured++
        page.first ??= { transaction: transaction.name, client: this.attempt.client, ended_s: now / 1e6 }
      }
    }
  }
}
