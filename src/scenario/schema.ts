import { z } from 'zod'
import { anomalyNames } from './anomalies.js'
import {
  bindingsSchema,
  durationSchema,
  expressionSchema,
  identifierSchema,
  isolationSchema,
  nameSchema,
  nestedStepsSchema,
  percentageSchema,
  rateSchema,
  sqlSchema,
} from './schema-parts.js'

// Describes every section of a scenario file: the readers in sections/ take their keys from here, and it becomes the JSON Schema.

const scalarSchema = z.union([z.string(), z.number(), z.boolean()])
const weightsSchema = z
  .record(nameSchema, z.number().min(0))
  .meta({ id: 'weights', description: 'Transactions and their weights: replaces the whole mix; what is absent weighs nothing' })

export const parameterSchema = z.strictObject({
  type: z.enum(['int', 'float', 'decimal', 'text', 'bool']),
  default: scalarSchema.meta({ description: 'Its value unless --set or a variant says otherwise' }),
  min: z.number().optional(),
  max: z.number().optional(),
  choices: z.array(scalarSchema).min(1).optional().meta({ description: 'The only values allowed' }),
  help: z.string().optional().meta({ description: 'One line for people' }),
})

export const seedEntrySchema = z.strictObject({
  table: z.string().optional().meta({ description: 'The table to fill' }),
  rows: expressionSchema.optional().meta({ description: 'How many rows' }),
  for_each: z
    .string()
    .optional()
    .meta({ description: "A table seeded before: `count` rows for each of its rows, which parent('column') reads" }),
  count: expressionSchema.optional().meta({ description: 'With for_each: how many rows for each parent row' }),
  columns: bindingsSchema.optional().meta({ description: 'Columns and their values; row() counts from 1' }),
  sql: sqlSchema.optional().meta({ description: 'A statement to run here, as in an index after the load' }),
})

const settingsSchema = z.record(z.string(), scalarSchema)

export const sessionSchema = z
  .object({ postgres: settingsSchema.optional(), mysql: settingsSchema.optional(), mariadb: settingsSchema.optional() })
  .catchall(scalarSchema)
  .meta({ id: 'session', description: 'Settings of every session: for all engines, or under postgres, mysql, mariadb' })

export const backoffSchema = z.strictObject({
  initial: durationSchema.optional(),
  factor: z.number().min(1).optional(),
  max: durationSchema.optional(),
  jitter: z.enum(['full', 'none']).optional(),
})

export const retrySchema = z
  .strictObject({
    max_attempts: z
      .union([z.int().min(1), z.literal('unlimited')])
      .optional()
      .meta({ description: 'Attempts in all, the first one included' }),
    backoff: backoffSchema.optional().meta({ description: 'The wait before a retry' }),
  })
  .meta({
    id: 'retry',
    description: 'What happens after a serialization failure, a deadlock, a lock time-out, a conflict, a lost connection',
  })

export const defaultsSchema = z
  .strictObject({
    isolation: isolationSchema.optional(),
    statement_timeout: durationSchema.optional(),
    retry: retrySchema.optional(),
  })
  .meta({ id: 'defaults', description: 'Of all transactions that do not say otherwise' })

export const transactionSchema = z
  .strictObject({
    weight: z.number().min(0).optional().meta({ description: 'Its part of the mix; 1 unless given' }),
    isolation: isolationSchema.optional(),
    read_only: z.boolean().optional(),
    autocommit: z.boolean().optional().meta({ description: 'One statement without BEGIN' }),
    statement_timeout: durationSchema.optional(),
    retry: retrySchema.optional(),
    let: bindingsSchema.optional().meta({ description: 'Drawn before BEGIN, and kept for retries' }),
    steps: nestedStepsSchema.meta({ description: 'What runs between BEGIN and COMMIT' }),
    after_commit: nestedStepsSchema.optional().meta({ description: 'Steps after the acknowledged COMMIT' }),
    tally: bindingsSchema.optional().meta({ description: 'Sums over acknowledged commits, which invariants read as tally.name' }),
    keying: expressionSchema.optional().meta({ description: 'Wait before it: a duration, or an expression in milliseconds' }),
    think: expressionSchema.optional().meta({ description: 'Wait after it: a duration, or an expression in milliseconds' }),
  })
  .meta({ id: 'transaction' })

export const groupSchema = z.strictObject({
  clients: z.int().min(1).optional().meta({ description: 'A fixed number of clients' }),
  share: percentageSchema.optional().meta({ description: 'A share of the clients that the fixed groups leave' }),
  weights: weightsSchema,
})

const fromTo = <Item extends z.ZodType>(item: Item) => z.strictObject({ from: item, to: item })

export const phaseSchema = z
  .strictObject({
    name: nameSchema,
    clients: z
      .union([z.int().min(1), fromTo(z.int().min(1))])
      .optional()
      .meta({ description: 'Concurrent clients; 8 unless given; { from, to } ramps' }),
    duration: durationSchema.optional(),
    transactions: z.int().min(1).optional().meta({ description: 'Per client, instead of a duration' }),
    rate: z
      .union([rateSchema, fromTo(rateSchema)])
      .optional()
      .meta({ description: 'Open loop: arrivals over all clients' }),
    arrivals: z.enum(['constant', 'poisson']).optional().meta({ description: 'How they arrive; poisson unless given' }),
    measure: z.boolean().optional().meta({ description: 'False for a warm-up' }),
    weights: weightsSchema.optional(),
  })
  .meta({ id: 'phase' })

const momentSchema = z.enum(['before', 'during', 'after'])

export const invariantSchema = z.strictObject({
  name: z.string(),
  sql: sqlSchema.meta({ description: 'One statement whose first value is compared' }),
  equals: expressionSchema.meta({
    description: '`before`: what it was before the load; or an expression over before, parameters and tally.name',
  }),
  check: z
    .union([momentSchema, z.array(momentSchema).min(1)])
    .optional()
    .meta({ description: 'When; after the load unless given' }),
  every: durationSchema.optional().meta({ description: 'How often during the load; 2s unless given' }),
})

const columnSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
const anomaliesSchema = z.union([z.literal('all'), z.array(z.enum(anomalyNames)).min(1)])

const listAppendSchema = z.strictObject({
  table: columnSchema.meta({ description: 'The table of the lists' }),
  key: columnSchema.meta({ description: 'Its key: the column, and the name under which transactions have the key' }),
  list: columnSchema.meta({
    description: 'The column with whole numbers, a comma between them: a statement that saves it has read the list',
  }),
  element: identifierSchema.meta({ description: 'A name: a statement that binds it has appended its value to the list' }),
})

const lostUpdatesSchema = z.strictObject({
  table: columnSchema.meta({ description: 'The table of the counters' }),
  key: columnSchema.meta({ description: 'Its key: the column, and the name under which transactions have the key' }),
  value: columnSchema.meta({ description: 'The column to which each commit adds 1' }),
})

export const checkSchema = z
  .strictObject({
    name: z.string(),
    list_append: listAppendSchema.optional().meta({ description: 'Reads and appends must fit some order of the transactions' }),
    lost_updates: lostUpdatesSchema.optional().meta({ description: 'Counters must have grown by the commits' }),
    write_skew: expressionSchema.optional().meta({ description: 'True of what a transaction saw that none should have left behind' }),
    transactions: z
      .union([nameSchema, z.array(nameSchema).min(1)])
      .optional()
      .meta({ description: 'Which transactions; those that have the names in it unless given. lost_updates needs it' }),
    forbid: anomaliesSchema
      .optional()
      .meta({ description: 'What breaks the run; unless given, what the isolation level of the transactions excludes' }),
    allow: anomaliesSchema.optional().meta({ description: 'What does not break it' }),
  })
  .meta({ id: 'check' })

const thresholdsSchema = z
  .array(z.string())
  .meta({ description: '[transaction.]metric op value, as in `p95 < 20ms`', examples: [['failed < 0.1%', 'p95 < 20ms']] })

export const variantSchema = z
  .strictObject({
    title: z.string().optional(),
    parameters: z.record(identifierSchema, scalarSchema).optional(),
    defaults: defaultsSchema.optional(),
    isolation: isolationSchema.optional().meta({ description: 'Of every transaction, whatever it says itself' }),
    weights: weightsSchema.optional(),
    phases: z.array(phaseSchema).min(1).optional(),
    thresholds: thresholdsSchema.optional(),
    seed: z.array(seedEntrySchema).optional(),
    session: sessionSchema.optional(),
  })
  .meta({ id: 'variant' })

export const scenarioSchema = z
  .strictObject({
    version: z.literal(1),
    name: nameSchema.meta({ description: 'What `oltp bench` calls it' }),
    title: z.string().optional().meta({ description: 'One line' }),
    description: z.string().optional(),
    parameters: z
      .record(identifierSchema, parameterSchema)
      .optional()
      .meta({ description: 'Typed knobs, --set name=value, read as $name' }),
    migrations: z.string().optional().meta({ description: 'A set that ships with oltp, or a folder beside this file' }),
    reuse: z.boolean().optional().meta({ description: 'Keep data that an earlier run wrote to while the `before` invariants hold' }),
    seed: z.array(seedEntrySchema).optional().meta({ description: 'What the tables hold before the load, in order' }),
    session: sessionSchema.optional(),
    defaults: defaultsSchema.optional(),
    transactions: z.record(nameSchema, transactionSchema),
    groups: z.record(nameSchema, groupSchema).optional().meta({ description: 'Clients of one kind, with a mix of their own' }),
    phases: z
      .array(phaseSchema)
      .min(1)
      .optional()
      .meta({ description: 'The load over time; 3 s of warm-up and 12 s with 8 clients unless given' }),
    invariants: z.array(invariantSchema).optional().meta({ description: 'What must hold whatever the load does' }),
    checks: z.array(checkSchema).optional().meta({ description: 'Which anomalies to look for under load' }),
    thresholds: thresholdsSchema.optional(),
    variants: z.record(nameSchema, variantSchema).optional().meta({ description: 'The same story told differently' }),
  })
  .meta({ title: 'oltp scenario' })
