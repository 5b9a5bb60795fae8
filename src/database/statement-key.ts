/** Whose spelling: what `"…"` and `#` are. */
export type Spelling = 'postgres' | 'mysql'

/**
 * What stays of a statement when its values, layout and spelling are taken away: two texts with the same key are one statement in
 * the server's statistics. Fits what pg_stat_statements and MySQL's digests make of a text as well as the text itself. Where they
 * know better (synonyms of MySQL's, a CAST of PostgreSQL's), the statement is not found there.
 */
export function statementKey(text: string, spelling: Spelling): string {
  const words: string[] = []
  for (const word of wordsOf(text, spelling)) {
    const before = words.at(-1)
    const value = word === '?' || (constants.has(word) && before !== 'is' && before !== 'not')
    if (value && (before === '-' || before === '+') && isUnary(words)) words.pop()
    words.push(value ? '?' : word)
  }
  while (words.at(-1) === ';') words.pop()
  return oneForMany(words.join(' '))
}

/** A server may keep these or take them for values. */
const constants: ReadonlySet<string> = new Set(['null', 'true', 'false'])

const blank = /\s+|--[^\n]*|\/\*[\s\S]*?\*\//
const quoted = /(?:_[a-z\d]+\s*|[enxb])?'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"/
const number = /(?:0x[\da-f]+|\d[\d_]*\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)\b/
const name = /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/
const operator = /::|<=>|[<>!:]=|<>|\|\||&&|[\s\S]/
const tokens: { readonly [spelling in Spelling]: RegExp } = {
  postgres: anyOf(blank, /\$(?<tag>[a-z_]\w*)?\$[\s\S]*?\$\k<tag>\$|\$\d+/, quoted, number, name, operator),
  mysql: anyOf(blank, /#[^\n]*|\(_charset\)/, quoted, /`(?:[^`]|``)*`|\.\.\./, number, name, operator),
}

function anyOf(...patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'), 'gi')
}

function* wordsOf(text: string, spelling: Spelling): Generator<string> {
  for (const [found] of text.matchAll(tokens[spelling])) {
    const word = found.toLowerCase()
    if (/^(?:\s|--|#.|\/\*|\(_charset\)$)/s.test(word)) continue
    if (/^(?:\.?\d|\$.|\.\.\.|(?:_\w+\s*|[enxb])?')/s.test(word)) yield '?'
    else if (/^".*"$/s.test(word)) yield spelling === 'mysql' ? '?' : unquoted(word)
    else if (/^`.*`$/s.test(word)) yield unquoted(word)
    else yield word === '<>' ? '!=' : word
  }
}

function unquoted(quotedName: string): string {
  return quotedName.slice(1, -1)
}

/** Words after which a sign belongs to the number that follows. */
const beforeSign: ReadonlySet<string> = new Set(
  'select where and or not then else when case between in like limit offset by on having returning set values'.split(' '),
)

function isUnary(words: readonly string[]): boolean {
  const before = words.at(-2)
  return before === undefined || beforeSign.has(before) || /^[^\w?)\]\u0080-\uffff]+$/.test(before)
}

/** Lists of values count as one, and lists of such lists. */
function oneForMany(text: string): string {
  return text.replace(/\?(?: , \?)+/g, '?').replace(/\( \? \)(?: , \( \? \))+/g, '( ? )')
}
