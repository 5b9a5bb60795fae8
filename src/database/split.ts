/** Where an engine's SQL text is opaque to a reader that looks for semicolons. */
export interface SqlLexis {
  /** `$tag$ … $tag$` */
  readonly dollarQuotes: boolean
  /** A backslash escapes in every string; elsewhere only in `E'…'`. */
  readonly backslashEscapes: boolean
  readonly backticks: boolean
  /** `# …`, and `--` only before white space. */
  readonly hashComments: boolean
  readonly nestedComments: boolean
  /** What a comment starts with when the server runs its text, as in MySQL's version comments. */
  readonly executableComments: readonly string[]
}

export interface SqlStatement {
  /** Without the semicolon and without comments around it. */
  readonly text: string
  /** Where it starts in the file, from 1. */
  readonly line: number
}

/** Splits a script at its semicolons: those outside strings, quoted names, comments and dollar quotes. Text that nobody closed runs to the end. */
export function splitStatements(script: string, lexis: SqlLexis): SqlStatement[] {
  const statements: SqlStatement[] = []
  let start = -1
  let end = -1
  const finish = () => {
    if (start >= 0) statements.push({ text: script.slice(start, end), line: lineAt(script, start) })
    start = -1
  }
  for (let at = 0; at < script.length; ) {
    const comment = commentEnd(script, at, lexis)
    if (comment > at) {
      at = comment
    } else if (script[at] === ';') {
      finish()
      at += 1
    } else if (/\s/.test(script.charAt(at))) {
      at += 1
    } else {
      if (start < 0) start = at
      at = tokenEnd(script, at, lexis)
      end = at
    }
  }
  finish()
  return statements
}

/** `at` when no comment starts there. */
function commentEnd(script: string, at: number, lexis: SqlLexis): number {
  const dashes = script.startsWith('--', at) && (!lexis.hashComments || /^\s?$/.test(script.charAt(at + 2)))
  if (dashes || (lexis.hashComments && script[at] === '#')) return after(script, '\n', at)
  if (!script.startsWith('/*', at) || lexis.executableComments.some(opening => script.startsWith(opening, at))) return at
  if (!lexis.nestedComments) return after(script, '*/', at + 2)
  let depth = 1
  let next = at + 2
  while (depth > 0 && next < script.length) {
    if (script.startsWith('/*', next)) depth += 1
    else if (script.startsWith('*/', next)) depth -= 1
    else {
      next += 1
      continue
    }
    next += 2
  }
  return next
}

/** One word, string, quoted name or other character of a statement. */
function tokenEnd(script: string, at: number, lexis: SqlLexis): number {
  const first = script.charAt(at)
  if (first === "'") return quotedEnd(script, at, "'", lexis.backslashEscapes || isEscapeString(script, at))
  if (first === '"') return quotedEnd(script, at, '"', lexis.backslashEscapes)
  if (first === '`' && lexis.backticks) return quotedEnd(script, at, '`', false)
  if (first === '$' && lexis.dollarQuotes) {
    const tag = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(script.slice(at, at + 70))?.[0]
    return tag === undefined ? at + 1 : after(script, tag, at + tag.length)
  }
  const word = /[\w$\u0080-\uffff]+/y
  word.lastIndex = at
  return word.test(script) ? word.lastIndex : at + 1
}

function isEscapeString(script: string, at: number): boolean {
  return /(?:^|[^\w$\u0080-\uffff])[eE]$/.test(script.slice(Math.max(0, at - 2), at))
}

function quotedEnd(script: string, at: number, quote: string, backslashes: boolean): number {
  for (let next = at + 1; next < script.length; next += 1) {
    if (backslashes && script[next] === '\\') next += 1
    else if (script[next] === quote) {
      if (script[next + 1] !== quote) return next + 1
      next += 1
    }
  }
  return script.length
}

function after(script: string, what: string, from: number): number {
  const at = script.indexOf(what, from)
  return at < 0 ? script.length : at + what.length
}

function lineAt(script: string, at: number): number {
  return script.slice(0, at).split('\n').length
}
