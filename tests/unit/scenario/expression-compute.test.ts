import { describe, expect, it } from 'vitest'
import { decimal } from '#oltp/scenario/decimal.js'
import { compileExpression } from '#oltp/scenario/expression/compile.js'
import { type EvaluationContext, valuesOnly } from '#oltp/scenario/expression/context.js'
import { evaluateExpression } from '#oltp/scenario/expression/evaluate.js'
import { parseExpression } from '#oltp/scenario/expression/parse.js'
import { describeValue } from '#oltp/scenario/format-value.js'
import { createRandom } from '#oltp/scenario/random.js'
import { ValueError } from '#oltp/scenario/value-error.js'
import type { Value } from '#oltp/scenario/values.js'

const parameters: { readonly [name: string]: Value } = { n: 10, rate: { float: 0.25 }, price: decimal('12.50'), label: 'x', on: true }
const names = new Map<string, Value>([
  ['five', 5],
  ['nothing', null],
  ['price', decimal('19.99')],
  ['share', { float: 0.5 }],
  ['word', 'abc'],
  ['yes', true],
  ['ids', [3, 1, 2]],
  ['none', []],
  ['endless', { float: Number.POSITIVE_INFINITY }],
  ['big', '9007199254740993'],
])

function compute(source: string): Value {
  return evaluateExpression(parseExpression(source), names, parameters)
}

describe('an expression', () => {
  for (const [source, value] of [
    // integers
    ['1 + 2 * 3', 'the integer 7'],
    ['7 / 2', 'the integer 3'],
    ['-7 / 2', 'the integer -3'],
    ['7 % 3', 'the integer 1'],
    ['-7 % 3', 'the integer -1'],
    ['mod(-7, 3)', 'the integer -1'],
    ['0 * -5', 'the integer 0'],
    ['-five', 'the integer -5'],
    ['9007199254740991 / 3', 'the integer 3002399751580330'],
    ['$n * 10', 'the integer 100'],
    // decimals and floats
    ['0.1 + 0.2', 'the decimal 0.3'],
    ['price * 3', 'the decimal 59.97'],
    ['price - 20', 'the decimal -0.01'],
    ['1.0 / 3', 'the decimal 0.33333333333333333333'],
    ['-price', 'the decimal -19.99'],
    ['7.5 % 2', 'the decimal 1.5'],
    ['share * 3', 'the float 1.5'],
    ['$rate + $rate', 'the float 0.5'],
    ['1e2 / 8', 'the float 12.5'],
    ['-share', 'the float -0.5'],
    ['9007199254740993.0 + 1', 'the decimal 9007199254740994'],
    // null
    ['nothing + 1', 'null'],
    ['1 / nothing', 'null'],
    ['nothing / 0', 'null'],
    ['-nothing', 'null'],
    ['nothing = null', 'the boolean true'],
    ['null = five', 'the boolean false'],
    ['nothing != null', 'the boolean false'],
    ['five <> null', 'the boolean true'],
    ['nothing = five', 'null'],
    ['nothing = nothing', 'null'],
    ['nothing < 1', 'null'],
    ['not nothing', 'null'],
    ['null = null', 'the boolean true'],
    // comparisons
    ['five = 5.00', 'the boolean true'],
    ['price < 20', 'the boolean true'],
    ['0.5 = share', 'the boolean true'],
    ['share <= 0', 'the boolean false'],
    ["word = 'abc'", 'the boolean true'],
    ["word < 'abd'", 'the boolean true'],
    ["word != 'abc'", 'the boolean false'],
    ['yes = true', 'the boolean true'],
    ['yes = 1', 'the boolean true'],
    ['five >= 5', 'the boolean true'],
    ['five > 5', 'the boolean false'],
    // logic
    ['true and nothing = 1', 'null'],
    ['false and nothing = 1', 'the boolean false'],
    ['nothing = 1 and false', 'the boolean false'],
    ['true or nothing = 1', 'the boolean true'],
    ['nothing = 1 or true', 'the boolean true'],
    ['nothing = 1 or false', 'null'],
    ['false and 1 / 0 = 1', 'the boolean false'],
    ['not 0', 'the boolean true'],
    ['1 and yes', 'the boolean true'],
    ['if(nothing, 1, 2)', 'the integer 2'],
    ['if(five = 0, 1 / 0, 7)', 'the integer 7'],
    ['if($n = 10, $label, 1 / 0)', "the text 'x'"],
    // functions
    ['abs(-5)', 'the integer 5'],
    ['abs(-1.5)', 'the decimal 1.5'],
    ['abs(-share)', 'the float 0.5'],
    ['abs(nothing)', 'null'],
    ['min(3, 1, 2)', 'the integer 1'],
    ['max(price, 20, 3)', 'the integer 20'],
    ["max('a', 'b')", "the text 'b'"],
    ['min(1, nothing)', 'null'],
    ['floor(19.99)', 'the integer 19'],
    ['floor(-19.01)', 'the integer -20'],
    ['floor(-19.0)', 'the integer -19'],
    ['ceil(19.000000000000000000000001)', 'the integer 20'],
    ['ceil(-19.99)', 'the integer -19'],
    ['floor(-1.5e0)', 'the integer -2'],
    ['ceil(five)', 'the integer 5'],
    ['round(2.5)', 'the integer 3'],
    ['round(-2.5)', 'the integer -3'],
    ['round(2.345, 2)', 'the decimal 2.35'],
    ['round(0.5e0)', 'the integer 1'],
    ['round(0.345e0, 2)', 'the float 0.35'],
    ['round(1250, -2)', 'the integer 1300'],
    ['round(endless, 1)', 'the float Infinity'],
    ['endless > price', 'the boolean true'],
    ['round(five, 3)', 'the integer 5'],
    ['round(nothing, 1)', 'null'],
    ['length(word)', 'the integer 3'],
    ["length('a😀')", 'the integer 2'],
    ['length(ids)', 'the integer 3'],
    ['length(none)', 'the integer 0'],
    ['length(nothing)', 'null'],
    ['item(ids, 1)', 'the integer 3'],
    ['item(nothing, 1)', 'null'],
    ['found(nothing)', 'the boolean false'],
    ['found(none)', 'the boolean true'],
    ['coalesce(nothing, five, 1 / 0)', 'the integer 5'],
    ['coalesce(nothing)', 'null'],
    ["concat('a', 1, 2.50, share, true)", "the text 'a12.50.5true'"],
    ["concat('a', nothing)", 'null'],
    ['concat(ids)', "the text '[3, 1, 2]'"],
  ] as const) {
    it(`${source} is ${value}`, () => {
      expect(describeValue(compute(source))).toBe(value)
    })
  }

  for (const [source, message] of [
    ['five / 0', 'division by zero (the integer 5 / 0)'],
    ['price % 0.00', 'division by zero'],
    ['share / 0', 'division by zero'],
    ['9007199254740991 + five', '9007199254740991 + 5 is beyond the exact integers (2^53)'],
    ['-9007199254740991 - 1', 'beyond the exact integers'],
    ['94906267 * 94906267', 'beyond the exact integers'],
    ['price * share', 'cannot mix the decimal 19.99 with the float 0.5; decimals are exact and floats are not'],
    ['word + 1', "`+` cannot mix the text 'abc' with the integer 1"],
    ['yes + 1', '`+` cannot mix the boolean true with the integer 1'],
    ['ids * 2', '`*` cannot mix the list [3, 1, 2] with the integer 2'],
    ['big + 1', 'an integer beyond 2^53 arrives as text, on which there is no arithmetic'],
    ['-big', 'an integer beyond 2^53 arrives as text'],
    ['abs(big)', 'an integer beyond 2^53 arrives as text'],
    ['-word', "needs a number, found the text 'abc'"],
    ['word < 1', "cannot compare the text 'abc' with the integer 1"],
    ['big > 1', 'beyond 2^53'],
    ['yes = 2', 'cannot compare the boolean true with the integer 2'],
    ['ids = 1', 'cannot compare the list [3, 1, 2] with the integer 1'],
    ['not 5', 'a condition is true or false, found the integer 5'],
    ["if('yes', 1, 2)", "a condition is true or false, found the text 'yes'"],
    ['1e308 * 10', 'beyond the floats'],
    ['item(ids, 0)', 'there is no item 0 in a list of 3; the first one is 1'],
    ['item(ids, 4)', 'there is no item 4'],
    ['item(word, 1)', "item: needs a list, found the text 'abc'"],
    ['length(five)', 'length: needs a text or a list, found the integer 5'],
    ["floor('a')", "floor: needs a number, found the text 'a'"],
    ['floor(1e300)', 'beyond the exact integers'],
    ['round(endless)', 'round: Infinity is beyond the exact integers'],
    ['ceil(endless)', 'ceil: Infinity is beyond the exact integers'],
    ['endless + 1', 'beyond the floats'],
    ['zipf(1, 2, endless - endless)', 'beyond the floats'],
    ['round(five, 1.5)', 'round: digits must be an integer'],
    ['round(five, 101)', 'round: digits must be between -100 and 100'],
    ["min(1, 'a')", "cannot compare the text 'a' with the integer 1"],
    ['now()', 'only while a transaction runs'],
  ] as const) {
    it(`${source} is an error that says why`, () => {
      expect(() => compute(source)).toThrow(ValueError)
      expect(() => compute(source)).toThrow(message)
    })
  }

  it('asks the attempt for what only it knows', () => {
    const context: EvaluationContext = {
      ...valuesOnly([]),
      client: 3,
      now: () => '2026-11-22 12:00:00.000000',
      sequence: (name, start) => (name === 'orders' ? start + 5 : -1),
    }
    const evaluate = compileExpression(
      parseExpression("concat(client(), ' ', now(), ' ', sequence('orders', 100), ' ', sequence('orders'))"),
      {
        slot: () => 0,
        parameters: {},
      },
    )
    expect(evaluate(context)).toBe('3 2026-11-22 12:00:00.000000 105 6')
  })

  it('folds what is constant, but draws anew each time', () => {
    const compile = (source: string) => compileExpression(parseExpression(source), { slot: () => 0, parameters })
    const context = valuesOnly([0], createRandom(1, 'fold'))
    const folded = compile('abs(-$price) * 2')
    expect(folded(context)).toBe(folded(context))
    const computed = compile('x + 1.5')
    expect(computed(context)).not.toBe(computed(context))
    const drawing = compile('uniform(1, 1000000)')
    expect(drawing(context)).not.toBe(drawing(context))
  })
})
