import type { History } from './history.js'

/** What a load has noted for one check: of all transactions that are over, or of those that one thread ran. */
export type CheckRecord =
  | { readonly kind: 'list_append'; readonly histories: readonly History[] }
  | { readonly kind: 'lost_updates'; readonly keys: ReadonlyMap<string, Commits> }
  | {
      readonly kind: 'write_skew'
      /** Commits of the check's transactions, and how many of them saw it. */
      readonly commits: number
      readonly seen: number
      /** Of those that saw it, how many ended in a measured phase. */
      readonly measured: number
      /** The first that did; null: none. */
      readonly first: { readonly transaction: string; readonly client: number; readonly ended_s: number } | null
    }

/** Acknowledged, and perhaps applied without our knowing. */
export interface Commits {
  readonly acknowledged: number
  readonly inDoubt: number
}

/** What several threads have noted for the same check, together. */
export function mergeRecords(a: CheckRecord, b: CheckRecord): CheckRecord {
  if (a.kind === 'list_append' && b.kind === 'list_append') return { kind: a.kind, histories: [...a.histories, ...b.histories] }
  if (a.kind === 'lost_updates' && b.kind === 'lost_updates') return { kind: a.kind, keys: sumCommits(a.keys, b.keys) }
  if (a.kind !== 'write_skew' || b.kind !== 'write_skew') throw new TypeError(`a record of ${a.kind} is none of ${b.kind}`)
  const firsts = [a.first, b.first].filter(first => first !== null).sort((one, other) => one.ended_s - other.ended_s)
  return {
    kind: a.kind,
    commits: a.commits + b.commits,
    seen: a.seen + b.seen,
    measured: a.measured + b.measured,
    first: firsts[0] ?? null,
  }
}

function sumCommits(a: ReadonlyMap<string, Commits>, b: ReadonlyMap<string, Commits>): ReadonlyMap<string, Commits> {
  const sum = new Map(a)
  for (const [key, { acknowledged, inDoubt }] of b) {
    const other = a.get(key) ?? { acknowledged: 0, inDoubt: 0 }
    sum.set(key, { acknowledged: other.acknowledged + acknowledged, inDoubt: other.inDoubt + inDoubt })
  }
  return sum
}

/** What there is to say of a check while the load runs: see `CheckBook.counts`. */
export interface CheckCount {
  /** Transactions in the history, or acknowledged commits. */
  readonly transactions: number
  /** Anomalies that need no look at the database; of lists and counters none are known yet. */
  readonly seen: number
  /** Of `seen`, those in measured phases. */
  readonly measured: number
}

export function sumCounts(all: readonly (readonly CheckCount[])[]): readonly CheckCount[] {
  const [first = [], ...rest] = all
  return first.map((count, check) =>
    rest.reduce(
      (sum, other) => ({
        transactions: sum.transactions + (other[check]?.transactions ?? 0),
        seen: sum.seen + (other[check]?.seen ?? 0),
        measured: sum.measured + (other[check]?.measured ?? 0),
      }),
      count,
    ),
  )
}
