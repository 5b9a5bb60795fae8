import { describeValue } from '../format-value.js'
import { ValueError } from '../value-error.js'
import { parentSlot, rowSlot } from './context.js'
import { argument, atLeast, between, exactly, type FunctionDefinition, wholeNumber } from './function-definition.js'
import type { ExpressionNode } from './syntax.js'
import { isTrue } from './truth.js'

/** Functions of lists, null and of what is around an expression. */
export const valueFunctions: readonly FunctionDefinition[] = [
  {
    name: 'if',
    signature: 'if(condition, then, else)',
    accepts: exactly(3),
    compile(args) {
      const [condition, then, otherwise] = [argument(args, 0), argument(args, 1), argument(args, 2)]
      return context => (isTrue(condition(context)) ? then(context) : otherwise(context))
    },
  },
  {
    name: 'coalesce',
    signature: 'coalesce(a, b, …)',
    accepts: atLeast(1),
    compile: args => context => {
      for (const part of args) {
        const value = part(context)
        if (value !== null) return value
      }
      return null
    },
  },
  {
    name: 'found',
    signature: 'found(x)',
    accepts: exactly(1),
    compile(args) {
      const value = argument(args, 0)
      return context => value(context) !== null
    },
  },
  {
    name: 'item',
    signature: 'item(list, n)',
    accepts: exactly(2),
    compile(args) {
      const [of, at] = [argument(args, 0), argument(args, 1)]
      return context => {
        const list = of(context)
        if (list === null) return null
        if (!Array.isArray(list)) throw new ValueError(`item: needs a list, found ${describeValue(list)}`)
        const n = wholeNumber(at(context), 'item: n')
        if (n < 1 || n > list.length) throw new ValueError(`item: there is no item ${n} in a list of ${list.length}; the first one is 1`)
        return list[n - 1] ?? null
      }
    },
  },
  {
    name: 'now',
    signature: 'now()',
    accepts: exactly(0),
    impure: true,
    places: ['transaction'],
    compile: () => context => context.now(),
  },
  {
    name: 'client',
    signature: 'client()',
    accepts: exactly(0),
    impure: true,
    places: ['transaction'],
    compile: () => context => context.client,
  },
  {
    name: 'sequence',
    signature: "sequence('name'[, start])",
    accepts: between(1, 2),
    impure: true,
    literal: true,
    places: ['transaction'],
    compile(args, _environment, nodes) {
      const name = literalText(nodes[0])
      const start = args[1] ?? (() => 1)
      return context => context.sequence(name, wholeNumber(start(context), 'sequence: start'))
    },
  },
  {
    name: 'row',
    signature: 'row()',
    accepts: exactly(0),
    impure: true,
    places: ['seed', 'for_each'],
    compile(_args, environment) {
      const slot = environment.slot(rowSlot)
      return context => context.values[slot] ?? null
    },
  },
  {
    name: 'parent',
    signature: "parent('column')",
    accepts: exactly(1),
    impure: true,
    literal: true,
    places: ['for_each'],
    compile(_args, environment, nodes) {
      const slot = environment.slot(parentSlot(literalText(nodes[0])))
      return context => context.values[slot] ?? null
    },
  },
]

function literalText(node: ExpressionNode | undefined): string {
  return node?.kind === 'literal' ? String(node.value) : ''
}
