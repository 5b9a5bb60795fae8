import type { Dialect, Isolation } from '../scenario/model.js'
import type { Interleaving } from './interleavings.js'
import type { DemoResult } from './result.js'
import type { DemoOutcome } from './verdict.js'

/** One demo in every order of its sessions' steps: the document of `oltp demo --explore --json`. */
export interface Exploration {
  /** Of this document; raised when an older reader would misread it. */
  readonly format: 1
  readonly demo: string
  /** Null: the story as it is. */
  readonly variant: string | null
  readonly title: string
  readonly kind: DemoResult['kind']
  readonly engine: Dialect
  readonly product: string
  readonly version: string
  readonly isolation: Isolation
  /** How many orders there are. */
  readonly interleavings: number
  /** How many were played to their end. */
  readonly played: number
  /** The seed of the sample; null: all were to be played. */
  readonly sample_seed: number | null
  /** How many of those played went wrong: it happened, or, where it is about locks, ended in an error. */
  readonly wrong: number
  readonly outcomes: { readonly [outcome in DemoOutcome]: number }
  /** In how many of them the server answered with each error. */
  readonly codes: { readonly [code: string]: number }
  readonly schedules: readonly ExploredSchedule[]
  readonly first_wrong: ExploredRun | null
  readonly nearest_right: NearestRight | null
  /** Orders that could not be played to their end. */
  readonly failures: readonly { readonly order: Interleaving; readonly reason: string }[]
  /** False: it was stopped on the way. */
  readonly complete: boolean
}

export interface ExploredSchedule extends Pick<DemoResult, 'outcome' | 'codes' | 'serializable' | 'rule_held'> {
  /** Whose turn it is, each time. */
  readonly order: Interleaving
  readonly wrong: boolean
}

export interface ExploredRun {
  readonly order: Interleaving
  readonly result: DemoResult
}

/** Of the orders that went well, the one most like the first that did not. */
export interface NearestRight extends ExploredRun {
  /** How many swaps of neighbours lie between. */
  readonly swaps: number
  /** The two statements whose order decides, as they stand in the wrong order; null where more than one swap lies between. */
  readonly critical_swap: readonly [SwappedStatement, SwappedStatement] | null
}

export interface SwappedStatement {
  readonly session: string
  readonly sql: string
}
