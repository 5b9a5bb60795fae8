import type { Demo, DemoVariant } from '../scenario/demo/model.js'
import type { Dialect, Isolation } from '../scenario/model.js'
import type { InferredLevel } from './levels.js'
import type { DemoResult } from './result.js'

/** Demos, levels and servers, every combination played once: the document of `oltp demo --matrix --format json`. */
export interface Matrix {
  /** Of this document; raised when an older reader would misread it. Since 2 a cell may be one of a way out. */
  readonly format: 2
  readonly servers: readonly MatrixServer[]
  /** Those that were asked for, weakest first. */
  readonly isolation_levels: readonly Isolation[]
  readonly demos: readonly MatrixDemo[]
  readonly cells: readonly MatrixCell[]
  /** Combinations without a cell. */
  readonly gaps: readonly MatrixGap[]
  readonly levels: readonly MatrixLevel[]
  /** False: it was stopped on the way. */
  readonly complete: boolean
}

export interface MatrixServer {
  /** Product and version, as in `PostgreSQL 18.4`; with a number where two are alike. */
  readonly server: string
  readonly engine: Dialect
  readonly product: string
  readonly version: string
  /** Of a session that asks for no level. */
  readonly default_isolation: Isolation
  /** Those that decide results, as text. */
  readonly settings: { readonly [name: string]: string }
}

export interface MatrixDemo extends Pick<Demo, 'name' | 'title' | 'theme' | 'summary' | 'kind' | 'names'> {
  /** The ways out that were played as well; none unless they were asked for. */
  readonly fixes: readonly MatrixFix[]
}

/** A variant that is a way out. */
export interface MatrixFix extends Pick<DemoVariant, 'name' | 'title' | 'cost'> {
  /** The level that its file plays it at; null: none in particular, it is a way out at each. */
  readonly isolation: Isolation | null
}

/** What came of one telling of a demo at one level on one server; `variant` is null of the story itself. */
export interface MatrixCell extends DemoResult {
  readonly server: string
}

export interface MatrixGap {
  readonly server: string
  readonly demo: string
  readonly variant: string | null
  readonly isolation: Isolation
  readonly reason: string
  /** It should have been played, and could not be; false: it makes no sense there. */
  readonly failed: boolean
}

/** What a server gives whoever asks it for `isolation`. */
export interface MatrixLevel extends InferredLevel {
  readonly server: string
  readonly engine: Dialect
  readonly isolation: Isolation
}
