import { CST, type Document, type ErrorCode, Lexer, type YAMLError } from 'yaml'
import type { Report } from './report.js'

/**
 * Reports what the YAML parser found wrong, in the words of this tool. One slip in the structure makes errors all the way down, so of
 * those only the first is told; slips inside one line are told all. Warnings count, unless the tree's reader says the same better.
 */
export function reportSyntaxErrors(document: Document.Parsed, text: string, report: Report): boolean {
  const lines = new Set<number>()
  const errors = [...document.errors, ...document.warnings.filter(warning => warning.code !== 'TAG_RESOLVE_FAILED')]
  for (const error of errors.sort((a, b) => a.pos[0] - b.pos[0])) {
    const lineStart = text.lastIndexOf('\n', Math.max(0, error.pos[0] - 1)) + 1
    const slip = trapIn(text, lineStart) ?? slipOf(error)
    if (lines.has(lineStart) || (!slip && report.count() > 0)) continue
    lines.add(lineStart)
    const { start, end, message, hint } = slip ?? structural(error, text)
    report.problemAt(start, end, message, { hint })
  }
  return errors.length > 0
}

interface Slip {
  readonly start: number
  readonly end: number
  readonly message: string
  readonly hint: string
}

/** What is wrong within one line only. */
function slipOf({ code, pos: [start, end] }: YAMLError): Slip | null {
  const known = slips[code]
  return known ? { start, end: code === 'MULTIPLE_DOCS' ? start + 3 : end, ...known } : null
}

const slips: { readonly [code in ErrorCode]?: Pick<Slip, 'message' | 'hint'> } = {
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second `: ` in one line',
    hint: 'YAML takes `: ` for the end of a key: put the whole text in double quotes, or correct the indentation',
  },
  MULTIPLE_DOCS: { message: 'a second document', hint: 'one file holds one scenario: remove the `---`, or make it a file of its own' },
  TAB_AS_INDENT: { message: 'a tab as indentation', hint: 'indent with spaces' },
  BAD_DQ_ESCAPE: { message: 'an escape that YAML does not know', hint: 'use single quotes, or write the backslash twice' },
}

function structural(error: YAMLError, text: string): Slip {
  const [start, end] = error.pos
  const open = /^(Flow|Missing closing)/.test(error.message) ? findOpen(text, start) : null
  if (open !== null) {
    return {
      start: open,
      end: open + 1,
      message: `this \`${text[open]}\` is never closed`,
      hint: 'close it, or put the whole text in quotes',
    }
  }
  const message = error.message.charAt(0).toLowerCase() + error.message.slice(1)
  return {
    start,
    end,
    message,
    hint: 'check the brackets, quotes and indentation here; a text with special characters needs double quotes',
  }
}

/** The innermost bracket, or the quote, that is open at a place. */
function findOpen(text: string, place: number): number | null {
  const open: number[] = []
  let offset = 0
  for (const token of new Lexer().lex(text)) {
    if (offset >= place) break
    const type = CST.tokenType(token)
    if (type === 'flow-seq-start' || type === 'flow-map-start') open.push(offset)
    if (type === 'flow-seq-end' || type === 'flow-map-end') open.pop()
    const quote = type === 'single-quoted-scalar' || type === 'double-quoted-scalar'
    if (quote && offset + token.length >= place && (token.length === 1 || !token.endsWith(token.charAt(0)))) return offset
    if (token !== CST.DOCUMENT && token !== CST.FLOW_END && token !== CST.SCALAR) offset += token.length
  }
  return open.at(-1) ?? null
}

/** A value that begins with a character that means something else to YAML. */
function trapIn(text: string, lineStart: number): Slip | null {
  const newline = text.indexOf('\n', lineStart)
  const line = text.slice(lineStart, newline < 0 ? undefined : newline)
  const value = /^(\s*(?:- +)*(?:[\w.]+ *: +)?)(\S.*)$/.exec(line)
  const rest = value?.[2] ?? ''
  const start = lineStart + (value?.[1] ?? '').length
  const special = specials[rest[0] ?? '']
  if (special)
    return { start, end: start + 1, message: `a value cannot begin with ${special}`, hint: 'put the whole text in double quotes' }
  const string = /^('[^']*'|"[^"]*")\s*[^\s#,\]}:]/.exec(rest)?.[1]
  if (!string) return null
  const quotes = string.startsWith('"') ? 'single' : 'double'
  return {
    start,
    end: start + string.length,
    message: 'YAML ends the text at the second quote',
    hint: `put the whole text in ${quotes} quotes`,
  }
}

const specials: { readonly [mark: string]: string | undefined } = {
  '!': '`!`, which begins a tag in YAML',
  '*': '`*`, which begins an alias in YAML',
  '&': '`&`, which begins an anchor in YAML',
  '%': '`%`, which begins a directive in YAML',
  '@': '`@`, which YAML reserves',
  '`': 'a backtick, which YAML reserves',
}
