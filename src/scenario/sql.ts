import { dialectFacts, ofDialect } from './dialects.js'
import type { Dialect, SqlText } from './model.js'
import { nestedCommentEnd, type TokenKind } from './tokens.js'

/** The text to run there, or null. */
export function textFor(sql: SqlText, dialect: Dialect): string | null {
  return ofDialect(sql, dialect) ?? null
}

/** `:name` or `:name...` in a text; offsets into the text. */
interface SqlReference {
  readonly name: string
  readonly list: boolean
  readonly start: number
  readonly end: number
}

interface SqlProblem {
  readonly message: string
  /** It begins or ends a transaction, which is no mistake where nobody else does. */
  readonly control?: true
  readonly start: number
  readonly end: number
  readonly hint?: string
}

export interface ScannedSql {
  /** What stands before, between and after the references: one more than there are of them. */
  readonly parts: readonly string[]
  readonly references: readonly SqlReference[]
  readonly problems: readonly SqlProblem[]
}

/**
 * Finds the values that a statement binds, and what keeps it from being one statement with values bound apart from its text.
 * Strings, quoted names, comments, dollar quotes, `::casts` and `:=` are passed over, by the rules of that dialect.
 */
export function scanSql(text: string, dialect: Dialect): ScannedSql {
  const parts: string[] = []
  const references: SqlReference[] = []
  const problems: SqlProblem[] = []
  let partStart = 0
  let ended: number | null = null
  let firstWord: string | null = null

  for (const token of tokens(text, dialect)) {
    const { kind, start, end } = token
    if (kind === 'blank') continue
    if (ended !== null) {
      problems.push({ message: 'a step runs one statement, here begins another', start, end, hint: 'give it a step of its own' })
      break
    }
    if (kind === 'semicolon') ended = start
    if (kind === 'broken') problems.push(brokenProblem(token))
    if (kind === 'placeholder') problems.push(placeholderProblem(token))
    if (kind === 'word' && firstWord === null) {
      firstWord = token.text.toLowerCase()
      if (controlWords.has(firstWord)) problems.push(controlProblem(token))
    }
    if (kind === 'reference') {
      const name = /[A-Za-z0-9_]+/.exec(token.text)?.[0] ?? ''
      references.push({ name, list: token.text.endsWith('...'), start, end })
      parts.push(text.slice(partStart, start))
      partStart = end
    }
  }
  parts.push(text.slice(partStart, ended ?? text.length))
  if (firstWord === null && problems.length === 0) problems.push({ message: 'there is no statement here', start: 0, end: text.length })
  return { parts, references, problems }
}

interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly start: number
  readonly end: number
}

function* tokens(text: string, dialect: Dialect): Generator<Token> {
  const { tokens: patterns, commentsNest } = dialectFacts[dialect]
  let start = 0
  while (start < text.length) {
    const comment = commentsNest ? nestedCommentEnd(text, start) : start
    if (comment > start) {
      start = comment
      continue
    }
    for (const { kind, pattern } of patterns) {
      pattern.lastIndex = start
      const found = pattern.exec(text)?.[0]
      if (found === undefined) continue
      yield { kind, text: found, start, end: start + found.length }
      start = kind === 'broken' ? text.length : start + found.length
      break
    }
  }
}

const controlWords: ReadonlySet<string> = new Set(['begin', 'start', 'commit', 'rollback', 'end', 'abort', 'savepoint', 'release'])

function controlProblem({ text, start, end }: Token): SqlProblem {
  return {
    message: `${text.toUpperCase()} is not for a step: the transaction is begun and ended around the steps`,
    control: true,
    start,
    end,
    hint: 'to undo it write `rollback: true`; to nest one, `savepoint: name` with `steps`',
  }
}

function placeholderProblem({ text, start, end }: Token): SqlProblem {
  return { message: `\`${text}\` is a placeholder without a name`, start, end, hint: 'write the name of the value, as in :amount' }
}

function brokenProblem({ text, start, end }: Token): SqlProblem {
  return { message: text === '/*' ? 'this comment has no end' : `what \`${text}\` opens here is never closed`, start, end }
}
