import type { Document, ErrorCode, YAMLError } from 'yaml'
import type { Report } from './report.js'

/**
 * Reports what the YAML parser found wrong, in the words of this tool, once per line: one slip makes several errors.
 * Warnings count too, unless the tree's reader says the same better.
 */
export function reportSyntaxErrors(document: Document.Parsed, text: string, report: Report): boolean {
  const lines = new Set<number>()
  const errors = [...document.errors, ...document.warnings.filter(warning => warning.code !== 'TAG_RESOLVE_FAILED')]
  for (const error of errors.sort((a, b) => a.pos[0] - b.pos[0])) {
    const lineStart = text.lastIndexOf('\n', Math.max(0, error.pos[0] - 1)) + 1
    if (lines.has(lineStart)) continue
    lines.add(lineStart)
    const trap = trapIn(text, lineStart)
    if (trap) report.problemAt(trap.start, trap.end, trap.message, { hint: trap.hint })
    else report.problemAt(error.pos[0], error.pos[1], messages[error.code] ?? lowerFirst(error.message), { hint: hintFor(error) })
  }
  return errors.length > 0
}

const messages: { readonly [code in ErrorCode]?: string } = {
  BLOCK_AS_IMPLICIT_KEY: 'a second `: ` in one line',
  MULTIPLE_DOCS: 'a second document',
  TAB_AS_INDENT: 'a tab as indentation',
  BAD_DQ_ESCAPE: 'an escape that YAML does not know',
}

function hintFor(error: YAMLError): string {
  switch (error.code) {
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'YAML takes `: ` for the end of a key: put the whole text in double quotes, or correct the indentation'
    case 'MULTIPLE_DOCS':
      return 'one file holds one scenario: remove the `---`, or make it a file of its own'
    case 'TAB_AS_INDENT':
      return 'indent with spaces'
    case 'BAD_DQ_ESCAPE':
      return 'use single quotes, or write the backslash twice'
    case 'BAD_INDENT':
    case 'MISSING_CHAR':
      return 'is a bracket or a quote left open above?'
    default:
      return 'check the brackets, quotes and indentation here; a text with special characters needs double quotes'
  }
}

interface Trap {
  readonly start: number
  readonly end: number
  readonly message: string
  readonly hint: string
}

/** A value that begins with a character that means something else to YAML. */
function trapIn(text: string, lineStart: number): Trap | null {
  const newline = text.indexOf('\n', lineStart)
  const line = text.slice(lineStart, newline < 0 ? undefined : newline)
  const value = /^(\s*(?:- +)*(?:[\w.]+ *: +)?)(\S.*)$/.exec(line)
  const before = value?.[1] ?? ''
  const rest = value?.[2] ?? ''
  const mark = rest[0] ?? ''
  const start = lineStart + before.length
  const what = special[mark]
  if (what)
    return {
      start,
      end: start + 1,
      message: `a value cannot begin with \`${mark}\`, which is ${what} to YAML`,
      hint: 'put the whole text in double quotes',
    }
  const string = /^('[^']*'|"[^"]*")\s*[^\s#,\]}:]/.exec(rest)?.[1]
  if (!string) return null
  return {
    start,
    end: start + string.length,
    message: 'YAML ends the text at the second quote',
    hint: `put the whole text in ${mark === '"' ? 'single' : 'double'} quotes`,
  }
}

const special: { readonly [mark: string]: string | undefined } = {
  '!': 'a tag',
  '*': 'an alias',
  '&': 'an anchor',
  '%': 'a directive',
  '@': 'reserved',
  '`': 'reserved',
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
