import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseExpression } from '#oltp/scenario/expression/parse.js'
import { ExpressionError, type ExpressionNode } from '#oltp/scenario/expression/syntax.js'

/** The tree, every operation in brackets. */
function shape(node: ExpressionNode): string {
  switch (node.kind) {
    case 'literal':
      return typeof node.value === 'string' ? `'${node.value}'` : String(node.value)
    case 'decimal':
      return `${node.text}d`
    case 'float':
      return `${node.value}f`
    case 'parameter':
      return `$${node.name}`
    case 'name':
      return node.name
    case 'unary':
      return `(${node.operator} ${shape(node.operand)})`
    case 'binary':
      return `(${shape(node.left)} ${node.operator} ${shape(node.right)})`
    case 'call':
      return `${node.name}(${node.arguments.map(shape).join(', ')})`
  }
}

function failure(source: string): ExpressionError {
  try {
    parseExpression(source)
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  throw new Error(`${source} was read without a problem`)
}

describe('parseExpression', () => {
  for (const [source, tree] of [
    ['1', '1'],
    ['1.50', '1.50d'],
    ['1.5e1', '15f'],
    ["'it''s'", "'it's'"],
    ['null', 'null'],
    ['TRUE', 'true'],
    ['$accounts', '$accounts'],
    ['tally.deposited', 'tally.deposited'],
    ['a + b * c', '(a + (b * c))'],
    ['(a + b) * c', '((a + b) * c)'],
    ['a - b - c', '((a - b) - c)'],
    ['a / b % c', '((a / b) % c)'],
    ['-a * b', '((- a) * b)'],
    ['- -a', '(- (- a))'],
    ['a == 1 and b <> 2 or not c', '(((a = 1) and (b != 2)) or (not c))'],
    ['not a = b', '(not (a = b))'],
    ['a AND b OR NOT c', '((a and b) or (not c))'],
    ['a or b and c', '(a or (b and c))'],
    ['a + 1 <= b', '((a + 1) <= b)'],
    ['zipf(1, $n, 1.1)', 'zipf(1, $n, 1.1d)'],
    ['now()', 'now()'],
    ['if(a, if(b, 1, 2), 3)', 'if(a, if(b, 1, 2), 3)'],
    ['\n a\t+\n1 ', '(a + 1)'],
    ['android', 'android'],
  ] as const) {
    it(`reads ${source}`, () => {
      const expression = parseExpression(source)
      expect(shape(expression.root)).toBe(tree)
      expect(expression.source).toBe(source)
    })
  }

  for (const [source, message, marked, hint] of [
    ['', 'an expression is missing here', '', undefined],
    ['1 +', 'expected a value, found the end', '', undefined],
    ['1 2', 'expected the end of the expression, found `2`', '2', undefined],
    ['(1', 'this bracket is never closed', '(', 'add a `)`'],
    ['f(1', 'this bracket is never closed', '(', 'add a `)`'],
    ['f(1, )', 'expected a value, found `)`', ')', undefined],
    ['1)', 'expected the end of the expression, found `)`', ')', undefined],
    ['1, 2', 'expected the end of the expression, found `,`', ',', 'only a call takes several values'],
    ["'abc", 'this text has no end', "'abc", 'close it with a single quote'],
    ['"abc"', '`"` has no meaning here', '"', "'new'"],
    ['a && b', '`&&` has no meaning here', '&&', 'write `and`'],
    ['a || b', '`||` has no meaning here', '||', 'concat'],
    ['!a', '`!` has no meaning here', '!', '`not`'],
    ['$' + '{a}', '`$` has no meaning here', '$', 'without braces'],
    [':a', '`:` has no meaning here', ':', 'bare name'],
    ['a ? 1 : 2', '`?` has no meaning here', '?', 'if(condition'],
    ['2 ** 3', '`**` has no meaning here', '**', 'x * x'],
    ['a[1]', '`[` has no meaning here', '[', 'item(list, n)'],
    ['.5', '`.` has no meaning here', '.', '0.5'],
    ['5ms', '`5ms` is not a number', '5ms', 'without a unit'],
    ['1.2.3', '`1.2.3` is not a number', '1.2.3', undefined],
    ['9007199254740993', 'beyond the exact integers', '9007199254740993', '9007199254740993.0'],
    ['1e999', 'beyond the floats', '1e999', undefined],
    ['a < b < c', 'expected one comparison, found `<`', '<', 'a < b and b < c'],
    ['a is null', 'expected the end of the expression, found `is`', 'is', 'x = null'],
    ['a in (1)', 'expected the end of the expression, found `in`', 'in', 'or x = 2'],
    ['and', 'expected a value, found `and`', 'and', undefined],
    ['ä', '`ä` has no meaning here', 'ä', undefined],
    ['a 😀', '`😀` has no meaning here', '😀', undefined],
  ] as const) {
    it(`says what is wrong with ${source}`, () => {
      const error = failure(source)
      expect(error.message).toContain(message)
      expect(source.slice(error.start, error.end)).toBe(marked)
      if (hint !== undefined) expect(error.hint).toContain(hint)
    })
  }

  it('refuses what nests too deep, and nothing else blows up', () => {
    expect(failure('('.repeat(1000)).message).toContain('deeper than 64 levels')
    expect(failure('-'.repeat(1000)).message).toContain('deeper than 64 levels')
    expect(failure('not '.repeat(900)).message).toContain('deeper than 64 levels')
    expect(failure('f('.repeat(1000)).message).toContain('deeper than 64 levels')
    expect(failure('1 + '.repeat(2000)).message).toContain('at most 4000 characters')
    expect(shape(parseExpression(`${'('.repeat(64)}1${')'.repeat(64)}`).root)).toBe('1')
    expect(structuredClone(parseExpression(`1${'+1'.repeat(1900)}`)).source).toHaveLength(3801)
  })

  it('throws nothing but ExpressionError, with a place inside the text', () => {
    const words = fc.constantFrom(
      '1',
      '1.5',
      'a',
      '$p',
      'zipf',
      '(',
      ')',
      ',',
      '+',
      '-',
      '*',
      '/',
      '%',
      '=',
      '<',
      '<>',
      'and',
      'not',
      'null',
      "'x'",
      "'",
      ' ',
      '"',
      '.',
    )
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 40 }).map(parts => parts.join('')),
    )
    fc.assert(
      fc.property(texts, text => {
        try {
          const expression = parseExpression(text)
          expect(structuredClone(expression)).toEqual(expression)
        } catch (error) {
          if (!(error instanceof ExpressionError)) throw error
          expect(error.start).toBeGreaterThanOrEqual(0)
          expect(error.end).toBeGreaterThanOrEqual(error.start)
          expect(error.end).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 3000, seed: 1 },
    )
  })
})
