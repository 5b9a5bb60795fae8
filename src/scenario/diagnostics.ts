import type { ZodObject } from 'zod'
import type { Expression } from './expression/syntax.js'
import type { Binding, Dialect, SqlText } from './model.js'
import type { StepDefinition } from './steps/registry.js'

/**
 * A node of the file's tree, with its place. Aliases, tags, dangerous keys and duplicate keys are refused before
 * anybody sees one of these. `start` and `end` are offsets into the file's text.
 */
export type YamlNode = YamlMap | YamlList | YamlScalar

export interface YamlMap {
  readonly kind: 'map'
  readonly start: number
  readonly end: number
  /** In the order written. */
  readonly entries: readonly YamlEntry[]
}

export interface YamlEntry {
  readonly key: string
  readonly keyNode: YamlScalar
  readonly value: YamlNode
}

interface YamlList {
  readonly kind: 'list'
  readonly start: number
  readonly end: number
  readonly items: readonly YamlNode[]
}

export interface YamlScalar {
  readonly kind: 'scalar'
  readonly start: number
  readonly end: number
  readonly value: string | number | boolean | null
  /** The value as text, as written apart from quotes and folding: exact where `value` is a number that lost digits. */
  readonly source: string
  readonly quoted: boolean
}

/** Where a problem is: a node, or a part of a scalar's `source` (an expression, an SQL text). */
export type Place = YamlNode | { readonly node: YamlScalar; readonly from: number; readonly to: number }

/** Said right at the caret, one thing to do next, or both: a problem without either leaves its reader alone. */
export type ProblemDetails = { readonly label?: string; readonly hint: string } | { readonly label: string; readonly hint?: string }

/** What expressions may read at some point of a scenario. */
export interface Scope {
  /** Names with a value here: drawn by `let`, saved from rows, computed by `set`, `index` in a loop. */
  readonly names: ReadonlySet<string>
  /** Makes a name readable from here on. Reports a name that is reserved or malformed, and a `let` that hides another. */
  declare(name: string, at: YamlNode, origin: 'let' | 'save' | 'set' | 'index'): void
  /** Notes that a name was read, so that it does not count as unused. `context.expression` and `context.sql` do so themselves. */
  use(name: string): void
  /** The names of a loop's body: reads what is here, and takes its `let` and `index` away at the end. */
  inner(): Scope
}

/**
 * Reads values out of the tree. Every reader reports what is wrong at its place and then returns a stand-in of the right
 * type, so that reading goes on and all problems are found in one pass; a scenario with any problem is never handed out.
 * `what` names the thing in messages, as in «`expect`».
 */
export interface Reader {
  problem(place: Place, message: string, details: ProblemDetails): void
  /** The node as a map whose keys are all in `keys`; reports unknown and missing ones. */
  map(node: YamlNode, what: string, keys: readonly string[], required?: readonly string[]): YamlMap
  /** A map with free keys, each an identifier. */
  dictionary(node: YamlNode, what: string): readonly YamlEntry[]
  /** The value under a key, or undefined. */
  get(map: YamlMap, key: string): YamlNode | undefined
  list(node: YamlNode, what: string): readonly YamlNode[]
  text(node: YamlNode, what: string): string
  /** A list of identifiers, or a single one. */
  names(node: YamlNode, what: string): readonly { readonly name: string; readonly node: YamlScalar }[]
  /** An identifier: a letter or `_`, then letters, digits, `_`. */
  identifier(node: YamlNode, what: string): string
  boolean(node: YamlNode, what: string): boolean
  integer(node: YamlNode, what: string, range?: { readonly min?: number; readonly max?: number }): number
  number(node: YamlNode, what: string, range?: { readonly min?: number; readonly max?: number }): number
  oneOf<T extends string>(node: YamlNode, what: string, choices: readonly T[]): T
  /** `500us`, `5ms`, `1.5s`, `2m`, `1h`, in milliseconds. */
  duration(node: YamlNode, what: string): number
}

/** What the parser of a step is given. */
export interface StepContext extends Reader {
  readonly scope: Scope
  readonly transaction: { readonly name: string; readonly autocommit: boolean }
  /** How many savepoints surround this step. */
  readonly savepoints: number
  /** True for `after_commit`: there is no transaction any more. */
  readonly afterCommit: boolean
  /** An expression over the scope's names and the parameters; random calls only where `random` is set. */
  expression(node: YamlNode, what: string, options?: { readonly random?: boolean }): Expression
  /** `{ name: expression, … }`, evaluated in order; each name is declared once its expression is read. */
  bindings(node: YamlNode, what: string, origin: 'let' | 'set'): readonly Binding[]
  /** A text or `{ postgres, mysql, mariadb }`. Checks one statement, and that each `:name` has a value; notes the names as read. */
  sql(node: YamlNode, what: string): SqlText
  /** The value of `engines:`; null when the step has none: it runs on all. */
  engines(map: YamlMap): readonly Dialect[] | null
  /** A nested list of steps. */
  steps(node: YamlNode, what: string, inside?: { readonly scope?: Scope; readonly savepoint?: boolean }): readonly StepDefinition[]
  /** The same context over another scope, for a loop's `let` and its count. */
  within(scope: Scope): StepContext
}

/**
 * What a file in steps/ exports and the registry keys by `kind`. The caller finds the kind by its key, and checks the keys
 * (those of `schema`, and `engines`, which every step takes) before it calls `parse`.
 */
export interface StepParser<Definition> {
  readonly kind: string
  /** The step's keys, the kind itself included, `engines` not; from the pieces in schema-parts.ts, with a description each. */
  readonly schema: ZodObject
  parse(map: YamlMap, context: StepContext): Definition
}
