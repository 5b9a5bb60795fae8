import { ExpressionError } from './syntax.js'

export interface Token {
  readonly kind: 'integer' | 'decimal' | 'float' | 'text' | 'name' | 'parameter' | 'symbol' | 'end'
  /** As written; of a text its contents, of a parameter its name, of a word like `AND` its lower case. */
  readonly text: string
  readonly start: number
  readonly end: number
}

/** The tokens of an expression, the last one of kind `end`. @throws ExpressionError */
export function lex(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (true) {
    at += /^\s*/.exec(source.slice(at))?.[0].length ?? 0
    if (at >= source.length) break
    const token = readToken(source, at)
    tokens.push(token)
    at = token.end
  }
  tokens.push({ kind: 'end', text: '', start: source.length, end: source.length })
  return tokens
}

const words: ReadonlySet<string> = new Set(['and', 'or', 'not', 'null', 'true', 'false'])

function readToken(source: string, start: number): Token {
  const rest = source.slice(start)
  const token = (kind: Token['kind'], text: string, length: number): Token => ({ kind, text, start, end: start + length })

  const number = /^\d+(\.\d+)?([eE][+-]?\d+)?/.exec(rest)
  if (number) {
    checkAfterNumber(source, start, number[0])
    return token(number[2] !== undefined ? 'float' : number[1] !== undefined ? 'decimal' : 'integer', number[0], number[0].length)
  }
  const name = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?/.exec(rest)?.[0]
  if (name !== undefined) return token('name', words.has(name.toLowerCase()) ? name.toLowerCase() : name, name.length)
  const parameter = /^\$([A-Za-z_][A-Za-z0-9_]*)/.exec(rest)?.[1]
  if (parameter !== undefined) return token('parameter', parameter, parameter.length + 1)
  if (rest.startsWith("'")) return readText(source, start)
  const symbol = /^(<=|>=|<>|!=|==|&&|\|\||\*\*|[-+*/%<>=(),])/.exec(rest)?.[0]
  if (symbol !== undefined && !(symbol in hints)) return token('symbol', symbol, symbol.length)

  const found = symbol ?? String.fromCodePoint(rest.codePointAt(0) ?? 0)
  throw new ExpressionError({
    message: `\`${found}\` has no meaning here`,
    start,
    end: start + found.length,
    hint: hints[found] ?? 'remove it; a text is written in single quotes',
  })
}

const hints: { readonly [symbol: string]: string } = {
  '&&': 'write `and`',
  '||': 'write `or`; texts are joined by concat(a, b)',
  '**': 'there is no power; write x * x',
  '!': 'write `not`, and `!=` for «differs»',
  '"': "texts are written in single quotes, as in 'new'",
  $: 'a parameter is written $name, without braces',
  ':': 'in an expression a value is written by its bare name; `:name` is for SQL',
  '?': 'write if(condition, then, else)',
  '[': 'item n of a list is item(list, n)',
  '.': 'a decimal begins with a digit, as in 0.5',
}

function checkAfterNumber(source: string, start: number, number: string): void {
  const after = /^[A-Za-z0-9_.]+/.exec(source.slice(start + number.length))?.[0]
  if (after === undefined) return
  throw new ExpressionError({
    message: `\`${number}${after}\` is not a number`,
    start,
    end: start + number.length + after.length,
    hint: 'numbers are written as 10, 1.5 or 1e6, without a unit',
  })
}

function readText(source: string, start: number): Token {
  const match = /^'((?:[^']|'')*)'/.exec(source.slice(start))
  if (match?.[1] === undefined) {
    throw new ExpressionError({
      message: 'this text has no end',
      start,
      end: source.length,
      hint: "close it with a single quote; a quote inside is written twice: 'it''s'",
    })
  }
  return { kind: 'text', text: match[1].replaceAll("''", "'"), start, end: start + match[0].length }
}
