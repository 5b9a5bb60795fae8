import { exponential, gaussian } from '../distributions/bell.js'
import { hot } from '../distributions/hot.js'
import { nurand, nurandConstant } from '../distributions/nurand.js'
import { createPermutation, largestPermutation, type Permutation } from '../distributions/permute.js'
import { createZipf, type Zipf } from '../distributions/zipf.js'
import { ValueError } from '../value-error.js'
import type { Evaluate, EvaluationContext } from './context.js'
import { argument, atLeast, between, exactly, type FunctionDefinition, realNumber, wholeNumber } from './function-definition.js'

/** Functions that draw at random, and `permute`, which only scatters. */
export const drawingFunctions: readonly FunctionDefinition[] = [
  {
    name: 'uniform',
    signature: 'uniform(a, b)',
    accepts: exactly(2),
    random: true,
    compile(args) {
      const range = compileRange('uniform', args)
      return context => {
        const { a, b } = range(context)
        return context.random.integer(a, b)
      }
    },
  },
  {
    name: 'uniform_except',
    signature: 'uniform_except(a, b, x)',
    accepts: exactly(3),
    random: true,
    compile(args) {
      const [range, except] = [compileRange('uniform_except', args), argument(args, 2)]
      return context => {
        const { a, b } = range(context)
        const x = except(context)
        const excepted = x === null ? null : wholeNumber(x, 'uniform_except: x')
        if (excepted === null || excepted < a || excepted > b) return context.random.integer(a, b)
        if (a === b) throw new ValueError(`uniform_except: nothing is left between ${a} and ${b} without ${excepted}`)
        const drawn = context.random.integer(a, b - 1)
        return drawn < excepted ? drawn : drawn + 1
      }
    },
  },
  {
    name: 'zipf',
    signature: 'zipf(a, b, s)',
    accepts: exactly(3),
    random: true,
    compile(args) {
      const [range, draw] = [compileRange('zipf', args), compileZipf('zipf', argument(args, 2))]
      return context => {
        const { a, b } = range(context)
        return a + draw(b - a + 1, context) - 1
      }
    },
  },
  {
    name: 'latest',
    signature: 'latest(n, s)',
    accepts: exactly(2),
    random: true,
    compile(args) {
      const [newest, draw] = [argument(args, 0), compileZipf('latest', argument(args, 1))]
      return context => {
        const n = wholeNumber(newest(context), 'latest: n')
        if (n < 1) throw new ValueError(`latest: n must be 1 or more, found ${n}`)
        return n - draw(n, context) + 1
      }
    },
  },
  {
    name: 'gaussian',
    signature: 'gaussian(a, b, parameter)',
    accepts: exactly(3),
    random: true,
    compile(args) {
      const [range, shape] = [compileRange('gaussian', args), argument(args, 2)]
      return context => {
        const { a, b } = range(context)
        return gaussian(context.random, a, b, atLeastNumber(shape(context), 2, 'gaussian: parameter'))
      }
    },
  },
  {
    name: 'exponential',
    signature: 'exponential(a, b, parameter)',
    accepts: exactly(3),
    random: true,
    compile(args) {
      const [range, shape] = [compileRange('exponential', args), argument(args, 2)]
      return context => {
        const { a, b } = range(context)
        const parameter = realNumber(shape(context), 'exponential: parameter')
        if (!(parameter > 0)) throw new ValueError(`exponential: parameter must be above 0, found ${parameter}`)
        return exponential(context.random, a, b, parameter)
      }
    },
  },
  {
    name: 'hot',
    signature: 'hot(a, b, keys, hits)',
    accepts: exactly(4),
    random: true,
    compile(args) {
      const [range, keys, hits] = [compileRange('hot', args), argument(args, 2), argument(args, 3)]
      return context => {
        const { a, b } = range(context)
        const keyShare = share(keys(context), 'hot: keys')
        if (keyShare === 0) throw new ValueError('hot: keys must be above 0: the share of the range that is hot, as in 0.01')
        return hot(context.random, a, b, keyShare, share(hits(context), 'hot: hits'))
      }
    },
  },
  {
    name: 'nurand',
    signature: 'nurand(A, a, b)',
    accepts: exactly(3),
    random: true,
    compile(args, environment) {
      const [mask, range] = [argument(args, 0), compileRange('nurand', args.slice(1))]
      const constants = new Map<number, number>()
      return context => {
        const most = wholeNumber(mask(context), 'nurand: A')
        const { a, b } = range(context)
        if (most < 0 || a < 0 || Math.max(most, b) > 0x7fffffff) throw new ValueError('nurand: A, a and b must be between 0 and 2^31 - 1')
        let constant = constants.get(most)
        if (constant === undefined) {
          constant = nurandConstant(environment.seed ?? 0, most, environment.use ?? 'run')
          constants.set(most, constant)
        }
        return nurand(context.random, most, a, b, constant)
      }
    },
  },
  {
    // The one of them that is a pure function, and so allowed everywhere.
    name: 'permute',
    signature: 'permute(x, n[, seed])',
    accepts: between(2, 3),
    compile(args, environment) {
      const [of, sizeOf, seedOf] = [argument(args, 0), argument(args, 1), args[2] ?? (() => environment.seed ?? 0)]
      let permutation: Permutation | null = null
      return context => {
        const [x, size] = [wholeNumber(of(context), 'permute: x'), wholeNumber(sizeOf(context), 'permute: n')]
        const seed = wholeNumber(seedOf(context), 'permute: seed')
        if (size < 1 || size > largestPermutation) throw new ValueError(`permute: n must be between 1 and 2^32 - 1, found ${size}`)
        if (permutation?.size !== size || permutation.seed !== seed) permutation = createPermutation(size, seed)
        return permutation.at(x)
      }
    },
  },
  {
    name: 'choice',
    signature: 'choice(a, b, …)',
    accepts: atLeast(1),
    random: true,
    compile: args => context => argument(args, context.random.integer(0, args.length - 1))(context),
  },
  {
    name: 'weighted',
    signature: 'weighted(a, weight, b, weight, …)',
    accepts: count => count >= 2 && count % 2 === 0,
    random: true,
    compile: compileWeighted,
  },
]

interface Range {
  readonly a: number
  readonly b: number
}

/** The two bounds, which are its first two arguments. */
function compileRange(name: string, args: readonly Evaluate[]): (context: EvaluationContext) => Range {
  const [from, to] = [argument(args, 0), argument(args, 1)]
  const [fromName, toName] = [`${name}: a`, `${name}: b`]
  const range = (context: EvaluationContext): Range => {
    const a = wholeNumber(from(context), fromName)
    const b = wholeNumber(to(context), toName)
    if (b < a) throw new ValueError(`${name}: there is nothing between ${a} and ${b}`)
    if (b - a >= 2 ** 53) throw new ValueError(`${name}: more than 2^53 integers between ${a} and ${b}`)
    return { a, b }
  }
  if (!(from.constant && to.constant)) return range
  let known: Range | null = null
  // Not before the first call: what is wrong with the bounds belongs to the moment that they are drawn from.
  return context => {
    known ??= range(context)
    return known
  }
}

function compileZipf(name: string, exponent: Evaluate): (size: number, context: EvaluationContext) => number {
  const exponentName = `${name}: s`
  let zipf: Zipf | null = null
  return (size, context) => {
    const s = atLeastNumber(exponent(context), 0, exponentName)
    if (zipf?.size !== size || zipf.exponent !== s) zipf = createZipf(size, s)
    return zipf.draw(context.random)
  }
}

function compileWeighted(args: readonly Evaluate[]): Evaluate {
  const values = args.filter((_, index) => index % 2 === 0)
  const weights = args.filter((_, index) => index % 2 === 1)
  return context => {
    const sizes = weights.map(weight => atLeastNumber(weight(context), 0, 'weighted: a weight'))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    if (total === 0) throw new ValueError('weighted: all weights are 0')
    let left = context.random.next() * total
    const chosen = sizes.findIndex(size => {
      left -= size
      return left < 0
    })
    // Rounding may leave a sliver after the last one.
    return argument(values, chosen === -1 ? sizes.findLastIndex(size => size > 0) : chosen)(context)
  }
}

function atLeastNumber(value: Parameters<typeof realNumber>[0], least: number, what: string): number {
  const number = realNumber(value, what)
  if (!(number >= least)) throw new ValueError(`${what} must be ${least} or more, found ${number}`)
  return number
}

function share(value: Parameters<typeof realNumber>[0], what: string): number {
  const number = realNumber(value, what)
  if (!(number >= 0 && number <= 1)) throw new ValueError(`${what} is a share between 0 and 1, found ${number}`)
  return number
}
