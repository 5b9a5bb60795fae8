import { describe, expect, it } from 'vitest'
import { checkExpression, type ExpressionScope, freeNames, parameterNames } from '#oltp/scenario/expression/check.js'
import { functions } from '#oltp/scenario/expression/functions.js'
import { parseExpression } from '#oltp/scenario/expression/parse.js'

const scope: ExpressionScope = {
  names: new Set(['balance', 'amount', 'ids']),
  parameters: new Set(['accounts', 'skew']),
  random: false,
  place: 'transaction',
}

function problems(source: string, more: Partial<ExpressionScope> = {}) {
  return checkExpression(parseExpression(source), { ...scope, ...more }).map(problem => ({
    ...problem,
    marked: source.slice(problem.start, problem.end),
  }))
}

describe('checkExpression', () => {
  for (const [source, message, marked, hint] of [
    ['balanse < 1', '`balanse` has no value here', 'balanse', 'did you mean `balance`?'],
    ['accounts', '`accounts` has no value here', 'accounts', 'a parameter is written `$accounts`'],
    ['now', '`now` has no value here', 'now', 'with brackets: `now()`'],
    ['index', '`index` has no value here', 'index', 'inside `repeat`'],
    ['$acounts', 'there is no parameter `$acounts`', '$acounts', 'did you mean `accounts`?'],
    ['$balance', 'there is no parameter `$balance`', '$balance', 'write it without `$`'],
    ['unifrom(1, 2)', 'there is no function `unifrom`', 'unifrom', 'did you mean `uniform`?'],
    ['abs(1, 2)', '`abs` is called as abs(x), found 2 arguments', 'abs(1, 2)', undefined],
    ['round()', '`round` is called as round(x[, digits]), found 0 arguments', 'round()', undefined],
    ['if(true, 1)', '`if` is called as if(condition, then, else), found 2 arguments', 'if(true, 1)', undefined],
    ['uniform(1, 2)', '`uniform` draws at random', 'uniform', 'draw it in `let`'],
    ['row()', '`row` is known only in the columns of a seed', 'row', undefined],
    ["parent('id')", '`parent` is known only in a seed with for_each', 'parent', undefined],
    ['sequence(balance)', '`sequence` takes a text in quotes', 'balance', undefined],
  ] as const) {
    it(`finds what is wrong with ${source}`, () => {
      const [problem, ...others] = problems(source)
      expect(others).toEqual([])
      expect(problem?.message).toContain(message)
      expect(problem?.marked).toBe(marked)
      if (hint !== undefined) expect(problem?.hint).toContain(hint)
    })
  }

  it('finds all there is, in the order of the text', () => {
    expect(problems('foo(x) + y + $z').map(({ marked }) => marked)).toEqual(['foo', 'x', 'y', '$z'])
  })

  it('wants weights in pairs', () => {
    expect(problems("weighted('a', 1, 'b')", { random: true })[0]?.message).toContain(
      'weighted(a, weight, b, weight, …), found 3 arguments',
    )
  })

  it('lets a let draw, a seed count its rows, and permute stand anywhere', () => {
    expect(problems('zipf(1, $accounts, $skew)', { random: true })).toEqual([])
    expect(problems('permute(balance, $accounts)')).toEqual([])
    expect(problems("concat('user-', row())", { place: 'seed' })).toEqual([])
    expect(problems("row() + parent('id')", { place: 'for_each' })).toEqual([])
    expect(problems("now() = 1 or client() = 1 or sequence('s', 5) = 1")).toEqual([])
    expect(problems("concat(now(), client(), sequence('s'))", { place: 'seed' })).toHaveLength(3)
    expect(problems('row()', { place: 'elsewhere' })).toHaveLength(1)
  })

  it('knows every function of the language', () => {
    const random = 'uniform uniform_except zipf gaussian exponential hot latest nurand choice weighted text digits uuid'.split(' ')
    const others = 'permute now sequence client row parent concat item length found coalesce abs min max floor ceil round mod if'.split(' ')
    expect([...functions.keys()].sort()).toEqual([...random, ...others].sort())
    expect(
      [...functions.values()]
        .filter(({ random }) => random)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...random].sort())
  })
})

describe('what an expression reads', () => {
  it('is its names and its parameters, each once', () => {
    const expression = parseExpression('if(balance < $accounts, item(ids, 1), -balance) + $accounts * $skew')
    expect([...freeNames(expression)]).toEqual(['balance', 'ids'])
    expect([...parameterNames(expression)]).toEqual(['accounts', 'skew'])
  })
})
