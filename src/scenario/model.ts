import type { AnomalyName } from './anomalies.js'
import type { Expression } from './expression/syntax.js'
import type { StepDefinition } from './steps/registry.js'
import type { Threshold } from './threshold.js'
import type { Value } from './values.js'

/** A scenario file, checked, with every default filled in. Plain data: it crosses to worker threads as it is. */
export interface Scenario {
  readonly name: string
  readonly title: string
  readonly description: string
  /** Absolute path of the file, and its text as read. */
  readonly file: string
  readonly text: string
  readonly sha256: string
  readonly parameters: readonly Parameter[]
  /** A bundled set's name or a folder beside the file, as written; null: the scenario brings no tables. */
  readonly migrations: string | null
  readonly seed: readonly SeedEntry[]
  /** Keep data that an earlier run wrote to, as long as the `before` invariants hold. */
  readonly reuse: boolean
  readonly session: SessionSettings
  readonly transactions: readonly Transaction[]
  readonly groups: readonly ClientGroup[]
  readonly phases: readonly Phase[]
  readonly invariants: readonly Invariant[]
  readonly checks: readonly Check[]
  readonly thresholds: readonly Threshold[]
  readonly variants: readonly Variant[]
}

/** What a file calls the engines; what sets their SQL apart is in dialects.ts. */
export const dialects = ['postgres', 'mysql', 'mariadb'] as const
export type Dialect = (typeof dialects)[number]

/** One text per dialect; `mariadb` falls back to `mysql` (see `textFor` in sql.ts). */
export type SqlText = { readonly [dialect in Dialect]?: string }

export const isolationLevels = ['read uncommitted', 'read committed', 'repeatable read', 'serializable'] as const
export type Isolation = (typeof isolationLevels)[number]

export interface Parameter {
  readonly name: string
  readonly type: 'int' | 'float' | 'decimal' | 'text' | 'bool'
  readonly default: Value
  readonly min: number | null
  readonly max: number | null
  readonly choices: readonly Value[] | null
  readonly help: string
}

/** `name: expression`, in the order written: a later one may read an earlier one. */
export interface Binding {
  readonly name: string
  readonly expression: Expression
}

export type SeedEntry =
  | { readonly kind: 'rows'; readonly table: string; readonly rows: Expression; readonly columns: readonly Binding[] }
  | {
      readonly kind: 'for_each'
      readonly table: string
      /** The table whose seeded rows are walked; `parent('column')` reads the row at hand. */
      readonly parent: string
      readonly count: Expression
      readonly columns: readonly Binding[]
    }
  | { readonly kind: 'sql'; readonly sql: SqlText }

/** `SET` names and values for every session, as in `{ postgres: { deadlock_timeout: '100ms' } }`. */
export type SessionSettings = { readonly [dialect in Dialect]?: { readonly [setting: string]: string } }

export interface RetryPolicy {
  /** Attempts in all, the first one included; null: no limit. */
  readonly maxAttempts: number | null
  readonly backoff: { readonly initialMs: number; readonly factor: number; readonly maxMs: number; readonly jitter: 'full' | 'none' }
}

export interface Transaction {
  readonly name: string
  readonly weight: number
  /** null: whatever the server's default is. */
  readonly isolation: Isolation | null
  readonly readOnly: boolean
  readonly autocommit: boolean
  readonly statementTimeoutMs: number | null
  readonly retry: RetryPolicy
  /** What it says itself, in place of the defaults: a variant's `defaults` leave these alone. */
  readonly own: readonly ('isolation' | 'statementTimeoutMs' | 'retry')[]
  readonly let: readonly Binding[]
  readonly steps: readonly StepDefinition[]
  readonly afterCommit: readonly StepDefinition[]
  readonly tally: readonly Binding[]
  /** In milliseconds, before and after. */
  readonly keying: Expression | null
  readonly think: Expression | null
}

/** Transaction names and their weights; names that are absent weigh nothing. */
export type Weights = { readonly [transaction: string]: number }

/**
 * Clients of one kind, as in producers and consumers. Exactly one of the two is set: a fixed number of clients,
 * or a share (0 to 1) of those that the fixed groups leave of a phase's clients. See `assignGroups` in groups.ts.
 */
export interface ClientGroup {
  readonly name: string
  readonly clients: number | null
  readonly share: number | null
  readonly weights: Weights
}

export interface Phase {
  readonly name: string
  readonly clients: { readonly from: number; readonly to: number }
  /** Exactly one of these two is set. `transactions` counts per client, as pgbench's -t. */
  readonly durationMs: number | null
  readonly transactions: number | null
  /** Arrivals per second over all clients; null: closed loop. */
  readonly rate: { readonly from: number; readonly to: number } | null
  readonly arrivals: 'constant' | 'poisson'
  readonly measure: boolean
  /** Replaces the whole mix during this phase. */
  readonly weights: Weights | null
}

export type InvariantMoment = 'before' | 'during' | 'after'

export interface Invariant {
  readonly name: string
  readonly sql: SqlText
  /** `before`: whatever it was before the load; else an expression that may read `before`, parameters and `tally.name`. */
  readonly equals: 'before' | Expression
  readonly check: readonly InvariantMoment[]
  readonly everyMs: number
}

interface CommonCheck {
  readonly name: string
  /** Those whose doings it is about. */
  readonly transactions: readonly string[]
  /** What breaks the run; null: what the isolation level of its transactions excludes. */
  readonly forbid: readonly AnomalyName[] | null
  /** What does not, whatever the level. */
  readonly allow: readonly AnomalyName[]
}

/** Whether what its transactions read and appended could have come of some order of them, one after the other; see verify/history/. */
export interface ListAppendCheck extends CommonCheck {
  readonly kind: 'list_append'
  readonly table: string
  /** A column, and the name of the value that holds the key in transactions. */
  readonly key: string
  /** A column that holds a list; a statement that saves it has read the list of the key. */
  readonly list: string
  /** A name: a statement that binds it has appended its value to the list of the key. */
  readonly element: string
}

/** Whether each counter has grown by the commits of its transactions, which add 1 each. */
export interface LostUpdatesCheck extends CommonCheck {
  readonly kind: 'lost_updates'
  readonly table: string
  /** A column, and the name of the value that holds the key in transactions. */
  readonly key: string
  /** The column that counts. */
  readonly value: string
}

/** How many committed transactions saw what none should have left behind. */
export interface WriteSkewCheck extends CommonCheck {
  readonly kind: 'write_skew'
  /** True of the values of a transaction that saw it. */
  readonly seen: Expression
}

export type Check = ListAppendCheck | LostUpdatesCheck | WriteSkewCheck

/** The same story told differently. Whatever is null stays as the scenario has it. */
export interface Variant {
  readonly name: string
  readonly title: string
  readonly parameters: { readonly [name: string]: Value } | null
  /** Of every transaction; the three below only of those that have no value of their own. */
  readonly isolation: Isolation | null
  readonly defaultIsolation: Isolation | null
  readonly statementTimeoutMs: number | null
  readonly retry: RetryPolicy | null
  readonly weights: Weights | null
  readonly phases: readonly Phase[] | null
  readonly thresholds: readonly Threshold[] | null
  readonly seed: readonly SeedEntry[] | null
  readonly session: SessionSettings | null
}

/**
 * One scenario, one variant, all parameters known: what a run is made from. Plain data.
 * `resolveScenario` in resolve.ts makes it; the command line's overrides are in it already.
 */
export interface ResolvedScenario extends Omit<Scenario, 'parameters' | 'variants'> {
  readonly variant: string | null
  readonly parameters: { readonly [name: string]: Value }
  /** Of every random stream. */
  readonly randomSeed: number
}
