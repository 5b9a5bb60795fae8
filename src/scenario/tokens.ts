export type TokenKind = 'blank' | 'quoted' | 'word' | 'reference' | 'placeholder' | 'semicolon' | 'broken' | 'other'

/** The words of an SQL text, tried in this order at each place. */
export type TokenPatterns = readonly { readonly kind: TokenKind; readonly pattern: RegExp }[]

const reference = { kind: 'reference', pattern: /:[A-Za-z_][A-Za-z0-9_]*(?:\.\.\.)?/y } as const
const word = { kind: 'word', pattern: /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*|\d[\w.]*/y } as const
const rest = [
  { kind: 'other', pattern: /::|:=/y },
  reference,
  { kind: 'semicolon', pattern: /;/y },
  { kind: 'other', pattern: /[\s\S]/y },
] as const

export const postgresTokens: TokenPatterns = [
  { kind: 'blank', pattern: /\s+|--[^\n]*/y },
  { kind: 'quoted', pattern: /[eE]'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/y },
  { kind: 'broken', pattern: /[eE]?'|"|\/\*|\$([A-Za-z_]\w*)?\$/y },
  word,
  { kind: 'placeholder', pattern: /\$\d+/y },
  ...rest,
]

export const mysqlTokens: TokenPatterns = [
  { kind: 'blank', pattern: /\s+|--(?=\s|$)[^\n]*|#[^\n]*|\/\*(?![!+])[\s\S]*?\*\//y },
  { kind: 'quoted', pattern: /'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"|`(?:[^`]|``)*`|\/\*[!+][\s\S]*?\*\//y },
  { kind: 'broken', pattern: /['"`]|\/\*/y },
  word,
  { kind: 'placeholder', pattern: /\?/y },
  ...rest,
]

/** Where a block comment that begins at `start` ends; PostgreSQL's nest. `start` itself where there is none, or no end to it. */
export function nestedCommentEnd(text: string, start: number): number {
  if (!text.startsWith('/*', start)) return start
  const mark = /\/\*|\*\//g
  mark.lastIndex = start
  let depth = 0
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return mark.lastIndex
  }
  return start
}
