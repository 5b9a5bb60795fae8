import { CST, Lexer } from 'yaml'

const deepest = 64

/**
 * Where a text nests deeper than 64 levels (the offset of the bracket or indicator that goes too far), or null. Runs before
 * the parser, which is recursive and takes the whole process down when it runs out of stack; the lexer is not.
 * Expects a text without control characters.
 */
export function findTooDeep(text: string): number | null {
  let offset = 0
  let lineOffset = 0
  let brackets = 0
  let scalar = false
  let line = { started: false, colons: 0 }
  const columns: number[] = []
  for (const token of new Lexer().lex(text)) {
    if (token === CST.SCALAR) scalar = true
    if (isMark(token)) continue
    const type = scalar ? 'scalar' : CST.tokenType(token)
    scalar = false

    if (type === 'flow-seq-start' || type === 'flow-map-start') brackets++
    if (type === 'flow-seq-end' || type === 'flow-map-end') brackets = Math.max(0, brackets - 1)
    const content = type !== null && !blank.has(type)
    if (content && brackets === 0) {
      const opens = !line.started || type === 'seq-item-ind' || type === 'explicit-key-ind' || (type === 'map-value-ind' && line.colons > 0)
      if (opens) enter(columns, offset - lineOffset)
    }
    if (brackets + columns.length > deepest) return offset

    if (content) line = { started: true, colons: line.colons + (type === 'map-value-ind' ? 1 : 0) }
    offset += token.length
    const newline = token.lastIndexOf('\n')
    if (newline >= 0) {
      lineOffset = offset - (token.length - newline - 1)
      line = { started: false, colons: 0 }
    }
  }
  return null
}

const blank: ReadonlySet<string> = new Set<CST.TokenType>(['space', 'newline', 'comment', 'byte-order-mark', 'doc-start', 'doc-end'])

/** Collections nest by column: one that starts further left has ended those to its right. */
function enter(columns: number[], column: number): void {
  while ((columns.at(-1) ?? -1) >= column) columns.pop()
  columns.push(column)
}

// The lexer's own control tokens, which stand for nothing in the text.
function isMark(token: string): boolean {
  return token === CST.DOCUMENT || token === CST.FLOW_END || token === CST.SCALAR
}
