import { z } from 'zod'

const count = z.int().min(0)
const text = z.string()

const anomaly = z.strictObject({
  name: text,
  meaning: text,
  count: count.describe('Over the whole load'),
  measured: count.nullable().describe('Of them, those of the measured phases; null: not known'),
  per_minute: z.number().min(0).nullable().describe('Of those of the measured phases, over measured_s; null: not known'),
  breaks: z.boolean().describe('The scenario, or the isolation level, forbids it: the run is broken'),
  sentences: z.array(text).describe('The shortest proof: what happened, and why it cannot be'),
  transactions: z
    .array(z.strictObject({ name: text, client: count, ended_s: z.number(), operations: text }))
    .describe('Those in the proof, and what each did'),
})

/** Of the result: which anomalies a check of the scenario found while the load ran. */
export const anomalyCheckSchema = z.strictObject({
  name: text,
  kind: z.enum(['list_append', 'lost_updates', 'write_skew']),
  held: z.boolean().describe('Nothing was found that breaks the run'),
  transactions: count.describe('That it looked at: attempts that read or appended, or commits'),
  measured_s: z.number().min(0).describe('How long the measured phases were, as far as was recorded: what per_minute divides by'),
  complete: z.boolean().describe('False: there was no room for all transactions'),
  exact: z.boolean().describe('False: there are at least so many; the search was given up'),
  level: text
    .nullable()
    .describe('list_append: the strongest isolation level that allows what was seen; none: not even read uncommitted does'),
  anomalies: z.array(anomaly).describe('Worst first'),
  counters: z
    .array(z.strictObject({ key: text, expected: text, in_doubt: count, found: text.nullable(), lost: count }))
    .describe('lost_updates: the counters that are not as expected, the worst first, a hundred at most'),
})

export type AnomalyCheck = z.infer<typeof anomalyCheckSchema>
