import { DatabaseError } from '../database/contract.js'
import type { Answer, Dialogue } from '../database/dialogue.js'
import type { Value } from '../scenario/values.js'
import type { StepError, TransactionState } from './facts.js'

/** How a statement ended. */
export type Outcome = (
  | { readonly answer: Answer; readonly error: null; readonly retryable: false; readonly byItself: false }
  | {
      readonly answer: null
      readonly error: StepError
      readonly retryable: boolean
      /** If it waited, no step of another session ended that: a detector or a time-out did. */
      readonly byItself: boolean
    }
) & { readonly ms: number; readonly transaction: TransactionState }

/** One session of a demo: its connection, what it knows, and what it is at. */
export class Actor {
  readonly name: string
  readonly dialogue: Dialogue
  /** What it saved and computed. */
  readonly saved = new Map<string, Value>()
  /** The fact of the statement that has not been answered yet; null: it is free. */
  pending: number | null = null
  /** How that ended; null: it has not. */
  ended: Outcome | null = null
  /** Resolves when it has. */
  ending: Promise<void> = Promise.resolve()
  /** Its transaction is given up: what is left of it is skipped. */
  gaveUp = false
  commits = 0

  constructor(name: string, dialogue: Dialogue) {
    this.name = name
    this.dialogue = dialogue
  }

  send(fact: number, sql: string): void {
    this.pending = fact
    this.ended = null
    const sent = performance.now()
    const then = () => ({ ms: performance.now() - sent, transaction: stateAfter(this.dialogue) })
    this.ending = this.dialogue.tell(sql).then(
      answer => {
        this.ended = { answer, error: null, retryable: false, byItself: false, ...then() }
      },
      (error: unknown) => {
        if (!(error instanceof DatabaseError)) throw error
        const { code, message, detail, hint, outcome, faulty } = error
        const kind = { retryable: retryable.has(outcome), byItself: byItself.has(outcome) }
        this.ended = { answer: null, error: { code, message, detail, hint, ...(faulty && { faulty }) }, ...kind, ...then() }
      },
    )
    // Whoever waits for it hears of it; a demo that is left early waits for nobody.
    this.ending.catch(() => {})
  }
}

function stateAfter({ alive, inTransaction, inFailedTransaction }: Dialogue): TransactionState {
  if (!alive) return 'lost'
  return inFailedTransaction ? 'failed' : inTransaction ? 'open' : 'none'
}

/** To be tried again from BEGIN. */
const retryable: ReadonlySet<string> = new Set(['serialization', 'deadlock', 'lock_timeout', 'conflict'])
const byItself: ReadonlySet<string> = new Set(['deadlock', 'lock_timeout', 'statement_timeout'])
