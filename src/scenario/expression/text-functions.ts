import { type Alphabet, createTextPattern, digits, letters, type RandomText, randomText, randomUuid } from '../distributions/text.js'
import { describeValue, formatValue } from '../format-value.js'
import { ValueError } from '../value-error.js'
import type { Value } from '../values.js'
import { type Evaluate, type EvaluationContext, valuesOnly } from './context.js'
import { argument, atLeast, exactly, type FunctionDefinition, wholeNumber } from './function-definition.js'

/** Functions of text. */
export const textFunctions: readonly FunctionDefinition[] = [
  {
    // null if any part is null, as every other operation on null.
    name: 'concat',
    signature: 'concat(a, b, …)',
    accepts: atLeast(1),
    compile: args => compilePattern(args) ?? compileConcat(args),
  },
  {
    name: 'length',
    signature: 'length(text or list)',
    accepts: exactly(1),
    compile(args) {
      const of = argument(args, 0)
      return context => {
        const value = of(context)
        if (value === null) return null
        if (typeof value === 'string') return [...value].length
        if (Array.isArray(value)) return value.length
        throw new ValueError(`length: needs a text or a list, found ${describeValue(value)}`)
      }
    },
  },
  randomFunction('text', letters),
  randomFunction('digits', digits),
  { name: 'uuid', signature: 'uuid()', accepts: exactly(0), random: true, compile: () => context => randomUuid(context.random) },
]

function compileConcat(args: readonly Evaluate[]): Evaluate {
  return context => {
    let text = ''
    for (const part of args) {
      const value = part(context)
      if (value === null) return null
      text += typeof value === 'string' ? value : formatValue(value)
    }
    return text
  }
}

/** The same where every part is a random text or a constant: in one go, as rows of millions need it. Null for any other. */
function compilePattern(args: readonly Evaluate[]): Evaluate | null {
  const parts: (string | RandomText)[] = []
  for (const arg of args) {
    const part = arg.text ?? constantText(arg)
    if (part === null) return null
    parts.push(part)
  }
  if (parts.every(part => typeof part === 'string')) return null
  const draw = createTextPattern(parts)
  return context => draw(context.random)
}

function constantText(arg: Evaluate): string | null {
  const value = constantOf(arg)
  if (value === null) return null
  const text = formatValue(value)
  return [...text].every(character => character <= '\xff') ? text : null
}

function constantOf(arg: Evaluate): Value {
  return arg.constant ? arg(valuesOnly([])) : null
}

/** A longer text is made when it is asked for. */
const longestInPattern = 4096

function randomFunction(name: string, alphabet: Alphabet): FunctionDefinition {
  return {
    name,
    signature: `${name}(n)`,
    accepts: exactly(1),
    random: true,
    compile(args) {
      const length = argument(args, 0)
      const known = constantOf(length)
      if (typeof known === 'number' && known >= 0 && known <= longestInPattern) {
        const text = { alphabet, length: known }
        return Object.assign((context: EvaluationContext) => randomText(context.random, text), { text })
      }
      return context => {
        const n = wholeNumber(length(context), `${name}: n`)
        if (n < 0 || n > 1_000_000) throw new ValueError(`${name}: n must be between 0 and 1000000, found ${n}`)
        return randomText(context.random, { alphabet, length: n })
      }
    },
  }
}
