import { lex, type Token } from './lex.js'
import { type BinaryOperator, type Expression, ExpressionError, type ExpressionNode } from './syntax.js'

const deepest = 64
const longest = 4000

/**
 * Reads an expression. From weakest to strongest: `or`, `and`, `not`, comparisons, `+ -`, `* / %`, unary `-`, calls and brackets.
 *
 * @throws ExpressionError and nothing else
 */
export function parseExpression(source: string): Expression {
  if (source.length > longest) {
    throw new ExpressionError({
      message: `an expression has at most ${longest} characters, this one ${source.length}`,
      start: 0,
      end: 1,
      hint: 'compute parts of it under names of their own',
    })
  }
  const parser: Parser = { tokens: lex(source), position: 0, depth: 0 }
  if (peek(parser).kind === 'end')
    throw new ExpressionError({ message: 'an expression is missing here', start: 0, end: source.length, hint: 'write one, as in a + 1' })
  const root = parseOr(parser)
  const rest = peek(parser)
  if (rest.kind !== 'end') throw unexpected(rest, 'the end of the expression', restHint(rest))
  return { source, root }
}

interface Parser {
  readonly tokens: readonly Token[]
  position: number
  depth: number
}

function parseOr(parser: Parser): ExpressionNode {
  return parseChain(parser, parseAnd, ['or'])
}

function parseAnd(parser: Parser): ExpressionNode {
  return parseChain(parser, parseNot, ['and'])
}

function parseNot(parser: Parser): ExpressionNode {
  const token = peek(parser)
  if (!isSymbol(token, 'not')) return parseComparison(parser)
  parser.position++
  const operand = nested(parser, token, () => parseNot(parser))
  return { kind: 'unary', operator: 'not', operand, start: token.start, end: operand.end }
}

const comparisons: { readonly [symbol: string]: BinaryOperator } = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}

function parseComparison(parser: Parser): ExpressionNode {
  const left = parseSum(parser)
  const operator = comparisonAt(parser)
  if (operator === undefined) return left
  parser.position++
  const right = parseSum(parser)
  const next = peek(parser)
  if (comparisonAt(parser) !== undefined) throw unexpected(next, 'one comparison', 'write a < b and b < c')
  return { kind: 'binary', operator, left, right, start: left.start, end: right.end }
}

function comparisonAt(parser: Parser): BinaryOperator | undefined {
  const token = peek(parser)
  return token.kind === 'symbol' ? comparisons[token.text] : undefined
}

function parseSum(parser: Parser): ExpressionNode {
  return parseChain(parser, parseProduct, ['+', '-'])
}

function parseProduct(parser: Parser): ExpressionNode {
  return parseChain(parser, parseNegation, ['*', '/', '%'])
}

function parseNegation(parser: Parser): ExpressionNode {
  const token = peek(parser)
  if (!isSymbol(token, '-')) return parsePrimary(parser)
  parser.position++
  const operand = nested(parser, token, () => parseNegation(parser))
  return { kind: 'unary', operator: '-', operand, start: token.start, end: operand.end }
}

/** `a op b op c` as `(a op b) op c`. */
function parseChain(
  parser: Parser,
  parseOperand: (parser: Parser) => ExpressionNode,
  operators: readonly BinaryOperator[],
): ExpressionNode {
  let left = parseOperand(parser)
  while (true) {
    const operator = operators.find(symbol => isSymbol(peek(parser), symbol))
    if (operator === undefined) return left
    parser.position++
    const right = parseOperand(parser)
    left = { kind: 'binary', operator, left, right, start: left.start, end: right.end }
  }
}

function parsePrimary(parser: Parser): ExpressionNode {
  const token = peek(parser)
  const { start, end, text } = token
  parser.position++
  switch (token.kind) {
    case 'integer':
      return { kind: 'literal', value: safeInteger(token), start, end }
    case 'decimal':
      return { kind: 'decimal', text, start, end }
    case 'float':
      return { kind: 'float', value: finite(token), start, end }
    case 'text':
      return { kind: 'literal', value: text, start, end }
    case 'parameter':
      return { kind: 'parameter', name: text, start, end }
    case 'name':
      if (text === 'null') return { kind: 'literal', value: null, start, end }
      if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true', start, end }
      if (isSymbol(peek(parser), '(')) return parseCall(parser, token)
      if (text !== 'and' && text !== 'or') return { kind: 'name', name: text, start, end }
  }
  if (isSymbol(token, '(')) {
    const inner = nested(parser, token, () => parseOr(parser))
    close(parser, token)
    return inner
  }
  throw unexpected(token, 'a value')
}

function parseCall(parser: Parser, name: Token): ExpressionNode {
  const bracket = peek(parser)
  parser.position++
  const list: ExpressionNode[] = []
  if (!isSymbol(peek(parser), ')')) {
    do list.push(nested(parser, name, () => parseOr(parser)))
    while (take(parser, ','))
  }
  const end = close(parser, bracket)
  return { kind: 'call', name: name.text, arguments: list, start: name.start, end }
}

function close(parser: Parser, bracket: Token): number {
  const token = peek(parser)
  if (token.kind === 'end') {
    throw new ExpressionError({ message: 'this bracket is never closed', start: bracket.start, end: bracket.end, hint: 'add a `)`' })
  }
  if (!isSymbol(token, ')')) throw unexpected(token, '`)`', restHint(token))
  parser.position++
  return token.end
}

function take(parser: Parser, symbol: string): boolean {
  if (!isSymbol(peek(parser), symbol)) return false
  parser.position++
  return true
}

function nested(parser: Parser, at: Token, parse: () => ExpressionNode): ExpressionNode {
  if (parser.depth >= deepest) {
    throw new ExpressionError({
      message: `this nests deeper than ${deepest} levels`,
      start: at.start,
      end: at.end,
      hint: 'compute parts of it under names of their own',
    })
  }
  parser.depth++
  const node = parse()
  parser.depth--
  return node
}

const endToken: Token = { kind: 'end', text: '', start: 0, end: 0 }

function peek(parser: Parser): Token {
  return parser.tokens[parser.position] ?? parser.tokens.at(-1) ?? endToken
}

function isSymbol(token: Token, symbol: string): boolean {
  return (token.kind === 'symbol' || token.kind === 'name') && token.text === symbol
}

function safeInteger(token: Token): number {
  const value = Number(token.text)
  if (Number.isSafeInteger(value)) return value
  throw new ExpressionError({
    message: `${token.text} is beyond the exact integers (2^53)`,
    start: token.start,
    end: token.end,
    hint: `write ${token.text}.0 for an exact decimal`,
  })
}

function finite(token: Token): number {
  const value = Number(token.text)
  if (Number.isFinite(value)) return value
  throw new ExpressionError({
    message: `${token.text} is beyond the floats`,
    start: token.start,
    end: token.end,
    hint: 'write a number below 1.8e308',
  })
}

function unexpected(token: Token, wanted: string, hint = 'correct the expression, or leave it out'): ExpressionError {
  const found =
    token.kind === 'end' ? 'the end' : token.kind === 'text' ? 'a text' : `\`${token.kind === 'parameter' ? '$' : ''}${token.text}\``
  return new ExpressionError({
    message: `expected ${wanted}, found ${found}`,
    start: token.start,
    end: token.end,
    hint,
  })
}

function restHint(token: Token): string | undefined {
  if (token.kind === 'name' && token.text.toLowerCase() === 'is') return 'write x = null or x != null'
  if (token.kind === 'name' && token.text.toLowerCase() === 'in') return 'write x = 1 or x = 2'
  if (isSymbol(token, ',')) return 'only a call takes several values'
  return undefined
}
