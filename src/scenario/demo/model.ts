import type { SourceLocation } from '../../errors.js'
import type { Expression } from '../expression/syntax.js'
import type { Binding, Dialect, Isolation, SessionSettings, SqlText } from '../model.js'

/** A demo file, checked, with every default filled in: what happens when some sessions do these things in this order. Plain data. */
export interface Demo {
  readonly name: string
  readonly title: string
  /** `anomaly`: a question of serializability. `locking`: of waits, deadlocks and time-outs. */
  readonly kind: 'anomaly' | 'locking'
  /** As the literature calls it, as in `P4`, `lost update`. */
  readonly names: readonly string[]
  /** Under which heading it is listed. */
  readonly theme: string
  /** One line for the list. */
  readonly summary: string
  /** What happens to whom, for people. */
  readonly story: string
  /** One of those that every database should be asked. */
  readonly core: boolean
  /** Its place in a workshop, from 1; null: not in it. */
  readonly workshop: number | null
  readonly plot: DemoPlot
  readonly variants: readonly DemoVariant[]
  /** Absolute path of the file, and its text as read. */
  readonly file: string
  readonly text: string
}

/** What a variant may tell differently. */
export interface DemoPlot {
  /** Statements that make the tables and their rows, in order, in an empty namespace. */
  readonly setup: readonly SqlText[]
  readonly sessions: readonly string[]
  readonly schedule: readonly DemoStep[]
  /** Reads what is left when all is over. */
  readonly final: SqlText | null
  /** Where that stands in the file. */
  readonly finalAt: SqlPlaces
  readonly rule: DemoRule | null
  /** Where it makes sense; null: everywhere. */
  readonly engines: readonly Dialect[] | null
  /** The level to run at unless the user chooses one; null: the server's default. */
  readonly isolation: Isolation | null
  /** Of sessions that always have a level of their own, whatever is chosen. */
  readonly levels: { readonly [session: string]: Isolation }
  /** `SET` for every session. */
  readonly settings: SessionSettings
  /** `SET` for one session: plans, and which one a deadlock detector chooses. */
  readonly pin: { readonly [session: string]: SessionSettings }
  /** Sessions that begin again when their transaction failed with an error that says so. */
  readonly retry: readonly string[]
  /** What may differ from run to run. */
  readonly nondeterministic: readonly ('victim' | 'wake order')[]
  /** Why serializability says nothing here; null: it does. A `locking` demo always has a reason. */
  readonly unjudged: string | null
}

export interface DemoVariant {
  readonly name: string
  readonly title: string
  /** It is a way out; false: another telling of the same. */
  readonly fix: boolean
  /** What the way out costs. */
  readonly cost: string | null
  readonly plot: DemoPlot
}

/** A business rule that must hold when all is over. */
export interface DemoRule {
  /** For people, as in «two tickets sold take two from stock». */
  readonly text: string
  /**
   * Over the columns of the final query's first row; `rows`, how many there are; `A.qty`, what a session saved; `A.commits`, how many
   * transactions of a session committed; and `commits`, of all.
   */
  readonly holds: Expression
}

export type DemoStep = StatementStep | WaitStep

/** Where a statement stands in its file, by engine as its text is. */
export type SqlPlaces = { readonly [dialect in Dialect]?: SourceLocation }

/** One statement of one session. */
export interface StatementStep {
  readonly kind: 'statement'
  readonly session: string
  /** Null in a dialect: the step is left out there. */
  readonly sql: SqlText
  /** Where it stands in the file. */
  readonly at: SqlPlaces
  /** Computed before it is sent, from what this session saved. */
  readonly set: readonly Binding[]
  /** Sent only if this is true of what the session saved; null: always. */
  readonly when: Expression | null
  /** Columns of the first row, kept under their names; no row: null. */
  readonly save: readonly string[]
  /** Keeps the number of rows, returned or changed, under this name. */
  readonly saveCount: string | null
  /** What the application does about an error: gives the transaction up, or goes on as if nothing had happened. */
  readonly onError: 'abort' | 'continue'
  /** For people, shown beside it. */
  readonly note: string | null
}

/** Until the session's statement ends by itself, as by a time-out. */
interface WaitStep {
  readonly kind: 'wait'
  readonly session: string
}
