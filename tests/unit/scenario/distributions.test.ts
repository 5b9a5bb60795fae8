import { describe, expect, it } from 'vitest'
import { nurandConstant } from '#oltp/scenario/distributions/nurand.js'
import { compileExpression } from '#oltp/scenario/expression/compile.js'
import { valuesOnly } from '#oltp/scenario/expression/context.js'
import { parseExpression } from '#oltp/scenario/expression/parse.js'
import { createRandom } from '#oltp/scenario/random.js'
import { ValueError } from '#oltp/scenario/value-error.js'
import type { Value } from '#oltp/scenario/values.js'
import { countDraws, misfit, normalized } from '../../support/goodness.js'

const draws = 200_000
const fits = 3.5
const differs = 10

function drawer(source: string, stream = source): () => Value {
  const evaluate = compileExpression(parseExpression(source), { slot: () => 0, parameters: {}, seed: 42 })
  const context = valuesOnly([], createRandom(42, stream))
  return () => evaluate(context)
}

function counts(source: string, size: number, first = 1): number[] {
  const draw = drawer(source)
  return countDraws(size, draws, () => Number(draw()) - first + 1)
}

function zipfWeights(size: number, exponent: number): number[] {
  return normalized(Array.from({ length: size }, (_, index) => (index + 1) ** -exponent))
}

describe('zipf', () => {
  for (const exponent of [0, 0.5, 1, 1.1, 2.5]) {
    it(`draws k in proportion to 1/k^${exponent}`, () => {
      expect(misfit(counts(`zipf(1, 1000, ${exponent})`, 1000), zipfWeights(1000, exponent))).toBeLessThan(fits)
    })
  }

  it('is told apart from a slightly different exponent', () => {
    expect(misfit(counts('zipf(1, 1000, 1.1)', 1000), zipfWeights(1000, 1.15))).toBeGreaterThan(differs)
    expect(misfit(counts('zipf(1, 1000, 0)', 1000), zipfWeights(1000, 0.1))).toBeGreaterThan(differs)
  })

  it('is right for the smallest ranges', () => {
    expect(misfit(counts('zipf(1, 2, 1)', 2), zipfWeights(2, 1))).toBeLessThan(fits)
    expect(misfit(counts('zipf(1, 3, 40)', 3), [1, 0, 0])).toBeNaN()
    expect(counts('zipf(1, 3, 40)', 3)).toEqual([draws, 0, 0])
    expect(new Set(counts('zipf(7, 7, 1.1)', 1, 7))).toEqual(new Set([draws]))
  })

  it('begins where the range begins', () => {
    expect(misfit(counts('zipf(11, 60, 1)', 50, 11), zipfWeights(50, 1))).toBeLessThan(fits)
  })

  it('needs no table: a huge range is as good', () => {
    // The share of the first key is 1/ζ(2) = 6/π².
    const draw = drawer('zipf(1, 9000000000000000, 2)')
    const first = countDraws(2, draws, () => (draw() === 1 ? 1 : 2))
    expect(misfit(first, [6 / Math.PI ** 2, 1 - 6 / Math.PI ** 2])).toBeLessThan(fits)
  })

  it('takes its exponent from wherever, also changing ones', () => {
    const evaluate = compileExpression(parseExpression('zipf(1, size, s)'), { slot: name => (name === 's' ? 0 : 1), parameters: {} })
    const context = valuesOnly([{ float: 0.5 }, 100], createRandom(1, 'changing'))
    const seen = { half: new Array<number>(100).fill(0), two: new Array<number>(50).fill(0) }
    for (let index = 0; index < draws; index++) {
      const half = index % 2 === 0
      context.values[0] = half ? { float: 0.5 } : 2
      context.values[1] = half ? 100 : 50
      const k = Number(evaluate(context)) - 1
      const cells = half ? seen.half : seen.two
      cells[k] = (cells[k] ?? 0) + 1
    }
    expect(misfit(seen.half, zipfWeights(100, 0.5))).toBeLessThan(fits)
    expect(misfit(seen.two, zipfWeights(50, 2))).toBeLessThan(fits)
  })
})

describe('latest', () => {
  it('is zipf counted back from the newest', () => {
    expect(misfit(counts('latest(500, 0.99)', 500).reverse(), zipfWeights(500, 0.99))).toBeLessThan(fits)
    expect(misfit(counts('latest(500, 0.99)', 500), zipfWeights(500, 0.99))).toBeGreaterThan(differs)
  })
})

describe('uniform', () => {
  it('is uniform, both ends included', () => {
    expect(misfit(counts('uniform(-3, 6)', 10, -3), new Array(10).fill(0.1))).toBeLessThan(fits)
  })

  it('leaves one value out and no other', () => {
    const weights = normalized([1, 1, 1, 0, 1, 1])
    const seen = counts('uniform_except(1, 6, 4)', 6)
    expect(seen[3]).toBe(0)
    expect(misfit(seen, weights)).toBeLessThan(fits)
    expect(misfit(counts('uniform_except(1, 6, 9)', 6), new Array(6).fill(1 / 6))).toBeLessThan(fits)
    expect(misfit(counts('uniform_except(1, 6, null)', 6), new Array(6).fill(1 / 6))).toBeLessThan(fits)
  })
})

/** P(X < x) of a standard normal variate; Abramowitz and Stegun 26.2.17, within 7.5e-8. */
function normalBelow(x: number): number {
  if (x < 0) return 1 - normalBelow(-x)
  const t = 1 / (1 + 0.2316419 * x)
  const tail = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * tail
}

function gaussianWeights(size: number, parameter: number): number[] {
  const at = (k: number) => normalBelow(2 * parameter * (k / size) - parameter)
  return normalized(Array.from({ length: size }, (_, k) => at(k + 1) - at(k)))
}

describe('gaussian', () => {
  it('is a normal distribution cut off at the parameter, as in pgbench', () => {
    const seen = counts('gaussian(1, 100, 2.5)', 100)
    expect(misfit(seen, gaussianWeights(100, 2.5))).toBeLessThan(fits)
    expect(misfit(seen, gaussianWeights(100, 2.6))).toBeGreaterThan(differs)
  })
})

describe('exponential', () => {
  const weights = (parameter: number) =>
    normalized(Array.from({ length: 100 }, (_, k) => Math.exp((-parameter * k) / 100) - Math.exp((-parameter * (k + 1)) / 100)))

  it('falls by e^-parameter over the range, as in pgbench', () => {
    const seen = counts('exponential(1, 100, 5.0)', 100)
    expect(misfit(seen, weights(5))).toBeLessThan(fits)
    expect(misfit(seen, weights(5.2))).toBeGreaterThan(differs)
  })

  it('stays in the range whatever the parameter', () => {
    for (const parameter of ['0.000000001', '700', '0.5']) {
      const draw = drawer(`exponential(1, 3, ${parameter})`)
      for (let index = 0; index < 10_000; index++) expect([1, 2, 3]).toContain(draw())
    }
  })
})

describe('hot', () => {
  it('gives a share of the draws to the first share of the keys', () => {
    const weights = [...new Array(10).fill(0.8 / 10), ...new Array(90).fill(0.2 / 90)]
    const seen = counts('hot(1, 100, 0.1, 0.8)', 100)
    expect(misfit(seen, weights)).toBeLessThan(fits)
    expect(misfit(seen, [...new Array(10).fill(0.79 / 10), ...new Array(90).fill(0.21 / 90)])).toBeGreaterThan(fits)
  })

  it('has one hot key at least, and is uniform where all are', () => {
    expect(misfit(counts('hot(1, 10, 0.001, 0.5)', 10), [0.5, ...new Array(9).fill(0.5 / 9)])).toBeLessThan(fits)
    expect(misfit(counts('hot(1, 10, 1, 0.5)', 10), new Array(10).fill(0.1))).toBeLessThan(fits)
  })
})

describe('nurand', () => {
  /** By counting: every pair of the two draws is equally likely. */
  function weights(a: number, x: number, y: number, constant: number): number[] {
    const cells = new Array<number>(y - x + 1).fill(0)
    for (let low = 0; low <= a; low++) {
      for (let high = x; high <= y; high++) {
        const cell = ((low | high) + constant) % (y - x + 1)
        cells[cell] = (cells[cell] ?? 0) + 1
      }
    }
    return normalized(cells)
  }

  it('is that of TPC-C, its constant from the seed', () => {
    const seen = counts('nurand(255, 1, 1000)', 1000)
    const constant = nurandConstant(42, 255, 'run')
    expect(misfit(seen, weights(255, 1, 1000, constant))).toBeLessThan(fits)
    expect(misfit(seen, weights(255, 1, 1000, constant + 1))).toBeGreaterThan(differs)
  })

  it('keeps the constants of load and run as far apart as TPC-C 2.1.6.1 says', () => {
    for (let seed = 0; seed < 500; seed++) {
      const difference = Math.abs(nurandConstant(seed, 255, 'run') - nurandConstant(seed, 255, 'load'))
      expect(difference).toBeGreaterThanOrEqual(65)
      expect(difference).toBeLessThanOrEqual(119)
      expect([96, 112]).not.toContain(difference)
      expect(nurandConstant(seed, 1023, 'run')).toBe(nurandConstant(seed, 1023, 'load'))
    }
  })
})

describe('permute', () => {
  it('is a bijection for every small size, and draws nothing', () => {
    for (const size of [1, 2, 3, 4, 5, 7, 8, 9, 100, 1023, 1024, 1025]) {
      const evaluate = compileExpression(parseExpression(`permute(x, ${size})`), { slot: () => 0, parameters: {}, seed: 9 })
      const image = Array.from({ length: size }, (_, x) => Number(evaluate(valuesOnly([x]))))
      expect([...image].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, x) => x))
    }
  })

  it('is a bijection of a large size, as far as a sample shows', () => {
    const evaluate = compileExpression(parseExpression('permute(x, 4294967295, 3)'), { slot: () => 0, parameters: {} })
    const image = new Set(Array.from({ length: 50_000 }, (_, x) => Number(evaluate(valuesOnly([4294967294 - x])))))
    expect(image.size).toBe(50_000)
    expect(Math.min(...image)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...image)).toBeLessThan(4294967295)
  })

  it('is another one for another seed, and scatters neighbours', () => {
    const at = (x: number, seed: number) => Number(drawer(`permute(${x}, 1000000, ${seed})`)())
    expect(at(1, 1)).not.toBe(at(1, 2))
    expect(at(1, 1)).toBe(at(1, 1))
    expect(at(-1, 1)).toBe(at(999999, 1))
    expect(Math.abs(at(2, 1) - at(1, 1))).toBeGreaterThan(10)
  })

  it('puts every value everywhere with equal chance, over the seeds', () => {
    const seen = countDraws(
      5,
      20_000,
      (
        seed => () =>
          Number(drawer(`permute(2, 5, ${seed++})`)()) + 1
      )(0),
    )
    expect(misfit(seen, new Array(5).fill(0.2))).toBeLessThan(fits)
  })
})

describe('choices and texts', () => {
  it('chooses evenly, and draws only what it chose', () => {
    expect(misfit(counts('choice(1, 2, 3, 4)', 4), new Array(4).fill(0.25))).toBeLessThan(fits)
    expect(drawer("choice('a')")()).toBe('a')
    expect(() => drawer('choice(1 / 0)')()).toThrow(ValueError)
  })

  it('weighs', () => {
    const seen = counts('weighted(1, 5, 2, 0, 3, 2.5)', 3)
    expect(seen[1]).toBe(0)
    expect(misfit(seen, normalized([5, 0, 2.5]))).toBeLessThan(fits)
    expect(misfit(seen, normalized([5.2, 0, 2.5]))).toBeGreaterThan(fits)
  })

  it('makes letters and digits of any length, evenly', () => {
    const letters = String(drawer('text(100000)')())
    expect(letters).toMatch(/^[a-z]{100000}$/)
    const seen = new Array<number>(26).fill(0)
    for (const letter of letters) seen[letter.charCodeAt(0) - 97] = (seen[letter.charCodeAt(0) - 97] ?? 0) + 1
    expect(misfit(seen, new Array(26).fill(1 / 26))).toBeLessThan(fits)
    for (const length of [0, 1, 2, 3, 4, 5, 17]) expect(drawer(`digits(${length})`)()).toMatch(new RegExp(`^\\d{${length}}$`))
  })

  it('makes version 4 UUIDs, all different, the same for a seed', () => {
    const draw = drawer('uuid()')
    const made = Array.from({ length: 1000 }, draw)
    for (const uuid of made) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(new Set(made).size).toBe(1000)
    expect(drawer('uuid()')()).toBe(made[0])
  })
})

describe('arguments that make no sense', () => {
  for (const [source, message] of [
    ['uniform(2, 1)', 'uniform: there is nothing between 2 and 1'],
    ["uniform('a', 1)", "uniform: a must be an integer, found the text 'a'"],
    ['uniform(1.5, 2)', 'uniform: a must be an integer, found the decimal 1.5'],
    ['uniform(1, null)', 'uniform: b must be an integer, found null'],
    ['uniform(-9007199254740991, 9007199254740991)', 'more than 2^53 integers'],
    ['uniform_except(3, 3, 3)', 'nothing is left between 3 and 3 without 3'],
    ["uniform_except(1, 3, '2')", "uniform_except: x must be an integer, found the text '2'"],
    ['zipf(1, 10, -0.1)', 'zipf: s must be 0 or more, found -0.1'],
    ['latest(0, 1)', 'latest: n must be 1 or more, found 0'],
    ['gaussian(1, 10, 1.9)', 'gaussian: parameter must be 2 or more'],
    ['exponential(1, 10, 0)', 'exponential: parameter must be above 0'],
    ['hot(1, 10, 0, 0.5)', 'hot: keys must be above 0'],
    ['hot(1, 10, 0.1, 80)', 'hot: hits is a share between 0 and 1, found 80'],
    ['nurand(255, 1, 4294967296)', 'nurand: A, a and b must be between 0 and 2^31 - 1'],
    ['permute(1, 0)', 'permute: n must be between 1 and 2^32 - 1, found 0'],
    ['weighted(1, 0, 2, 0)', 'weighted: all weights are 0'],
    ['weighted(1, -1)', 'weighted: a weight must be 0 or more'],
    ['text(-1)', 'text: n must be between 0 and 1000000'],
  ] as const) {
    it(source, () => {
      expect(drawer(source)).toThrow(ValueError)
      expect(drawer(source)).toThrow(message)
    })
  }
})
