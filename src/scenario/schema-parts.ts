import { z } from 'zod'
import { dialects, isolationLevels } from './model.js'

// The pieces that sections and steps of a scenario file are described with. What a file may say is checked by the readers of
// the sections, whose messages have places; these descriptions are where they take their keys from, and become the JSON Schema.

/** See `nestedStepsSchema`. */
export const nestedStepsMark = 'nested-steps'

export const identifierSchema = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/)

export const nameSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/)

export const durationSchema = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(us|µs|ms|s|m|min|h)$/)
  .meta({ description: 'A duration with its unit', examples: ['5ms', '30s', '2m'] })

export const rateSchema = z
  .string()
  .regex(/^\d+(\.\d+)?\s*\/\s*(s|m|min|h)$/)
  .meta({ description: 'A rate with its unit', examples: ['500/s'] })

export const percentageSchema = z
  .string()
  .regex(/^\d+(\.\d+)?\s*%$/)
  .meta({ description: 'A percentage', examples: ['30%'] })

export const expressionSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]).meta({
  id: 'expression',
  description: 'An expression: $parameter, names, numbers, text in single quotes, + - * / %, comparisons, and or not, function calls',
  examples: ['uniform(1, $accounts)', 'balance - amount'],
})

export const bindingsSchema = z
  .record(identifierSchema, expressionSchema)
  .meta({ id: 'bindings', description: 'Names and their expressions, evaluated in order' })

export const sqlSchema = z
  .union([z.string(), z.strictObject({ postgres: z.string().optional(), mysql: z.string().optional(), mariadb: z.string().optional() })])
  .meta({
    id: 'sql',
    description: 'One statement: a text, or one per engine (mariadb falls back to mysql). :name binds a value, :names... a list',
  })

export const enginesSchema = z
  .array(z.enum(dialects))
  .min(1)
  .meta({ description: 'The engines that this step runs on; it is left out elsewhere' })

export const isolationSchema = z.enum(isolationLevels).meta({ description: 'Isolation level; unset: the default of the server' })

/** Stands for a list of steps: the mark tells the JSON Schema to refer to the description of all kinds there. */
export const nestedStepsSchema = z
  .array(z.record(z.string(), z.unknown()))
  .min(1)
  .meta({ [nestedStepsMark]: true })
