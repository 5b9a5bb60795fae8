/** An expression as read: plain data that crosses to worker threads. Offsets count characters of `source`. */
export interface Expression {
  readonly source: string
  readonly root: ExpressionNode
}

export type ExpressionNode = LiteralNode | DecimalNode | FloatNode | ParameterNode | NameNode | UnaryNode | BinaryNode | CallNode

interface Span {
  readonly start: number
  readonly end: number
}

interface LiteralNode extends Span {
  readonly kind: 'literal'
  readonly value: number | string | boolean | null
}

/** `1.5`: exact, so its text is kept. */
interface DecimalNode extends Span {
  readonly kind: 'decimal'
  readonly text: string
}

/** `1.5e0` */
interface FloatNode extends Span {
  readonly kind: 'float'
  readonly value: number
}

/** `$accounts` */
interface ParameterNode extends Span {
  readonly kind: 'parameter'
  readonly name: string
}

/** `balance`, or `tally.deposited` in an invariant. */
interface NameNode extends Span {
  readonly kind: 'name'
  readonly name: string
}

interface UnaryNode extends Span {
  readonly kind: 'unary'
  readonly operator: '-' | 'not'
  readonly operand: ExpressionNode
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '=' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or'

export interface BinaryNode extends Span {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: ExpressionNode
  readonly right: ExpressionNode
}

/** `zipf(1, 10, 1.1)`, and `if(c, a, b)` as well. */
export interface CallNode extends Span {
  readonly kind: 'call'
  readonly name: string
  readonly arguments: readonly ExpressionNode[]
}

/** A place in an expression's source where something is wrong, and what. */
export interface ExpressionProblem {
  readonly message: string
  readonly start: number
  readonly end: number
  /** One thing to do next. */
  readonly hint: string
}

/** The source is not an expression. */
export class ExpressionError extends Error implements ExpressionProblem {
  override readonly name = 'ExpressionError'
  readonly start: number
  readonly end: number
  readonly hint: string

  constructor(problem: ExpressionProblem) {
    super(problem.message)
    this.start = problem.start
    this.end = problem.end
    this.hint = problem.hint
  }
}
