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
    const slip = trapIn(text, lineStart) ?? slipOf(error, text)
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
function slipOf({ code, pos: [start, end] }: YAMLError, text: string): Slip | null {
  // A key below a value, indented deeper than it, is the same error to the parser.
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && !/: .*:(\s|$)/.test(lineAt(text, start))) return null
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
  const [from, end] = error.pos
  const start = Math.min(from + (/^[ \t]*/.exec(text.slice(from, from + 200))?.[0].length ?? 0), text.length)
  const open = /^(Flow|Missing closing)/.test(error.message) ? findOpen(text, from) : null
  if (open !== null) {
    return {
      start: open,
      end: open + 1,
      message: `this \`${text[open]}\` is never closed`,
      hint: 'close it, or put the whole text in quotes',
    }
  }
  const known = structures.find(({ pattern }) => pattern.test(error.message))
  const message = known?.message ?? error.message.charAt(0).toLowerCase() + error.message.slice(1)
  const hint = known?.hint ?? 'check the brackets, quotes and indentation here; a text with special characters needs double quotes'
  return { start, end: Math.max(end, start + 1), message, hint }
}

const structures: readonly { readonly pattern: RegExp; readonly message: string; readonly hint?: string }[] = [
  { pattern: /^Implicit map keys need|^Implicit keys need/, message: 'a key without its value', hint: 'write `key: value`, on one line' },
  {
    pattern: /same column|^Nested mappings|indent|implicit map key/i,
    message: 'the indentation does not fit',
    hint: 'begin what belongs together in one column, here and in the lines around it',
  },
  { pattern: /^Unexpected|^Block collections|^Plain value|^Block scalar/, message: 'YAML expects something else here' },
]

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

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  return text.slice(start, end < 0 ? undefined : end)
}

/** A value that begins with a character that means something else to YAML. */
function trapIn(text: string, lineStart: number): Slip | null {
  const line = lineAt(text, lineStart)
  const value = /^(\s*(?:- +)*(?:[\w.]+ *: +)?)(\S.*)$/.exec(line)
  const rest = value?.[2] ?? ''
  const start = lineStart + (value?.[1] ?? '').length
  const special = specials[rest[0] ?? ''] ?? blockMarkIn(rest, value?.[1] ?? '')
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

/** `- 5` or `> 5` behind a key: no list and no block of text, but what an expression can begin with. */
function blockMarkIn(rest: string, before: string): string | undefined {
  if (!/: +$/.test(before)) return undefined
  if (/^[-?] /.test(rest)) return `\`${rest[0]} \`, which begins ${rest.startsWith('-') ? 'a list' : 'a key'} in YAML`
  return /^[|>][-+\d]* *[^-+\d\s#]|^[|>] +\d/.test(rest) ? `\`${rest[0]}\`, which begins a block of text in YAML` : undefined
}

const specials: { readonly [mark: string]: string | undefined } = {
  '!': '`!`, which begins a tag in YAML',
  '*': '`*`, which begins an alias in YAML',
  '&': '`&`, which begins an anchor in YAML',
  '%': '`%`, which begins a directive in YAML',
  '@': '`@`, which YAML reserves',
  '`': 'a backtick, which YAML reserves',
}
