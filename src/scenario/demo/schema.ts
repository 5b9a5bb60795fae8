import { z } from 'zod'
import { isolationLevels } from '../model.js'
import { sessionSchema } from '../schema.js'
import {
  bindingsSchema,
  enginesSchema,
  expressionSchema,
  identifierSchema,
  isolationSchema,
  nameSchema,
  sqlSchema,
} from '../schema-parts.js'

// Describes a demo file: the readers take their keys from here, and it becomes the JSON Schema.

const stepShape = {
  set: bindingsSchema.optional().meta({ description: 'Computed before the statement is sent, from what its session saved' }),
  if: expressionSchema.optional().meta({ description: 'The statement is sent only if this is true of what its session saved' }),
  save: z
    .union([identifierSchema, z.array(identifierSchema)])
    .optional()
    .meta({ description: 'Columns of the first row, kept for this session under their names; without a row: null' }),
  save_count: identifierSchema.optional().meta({ description: 'Keeps how many rows came back, or were changed' }),
  on_error: z
    .enum(['abort', 'continue'])
    .optional()
    .meta({ description: 'What the application does about an error: gives the transaction up (the default), or goes on' }),
  note: z.string().optional().meta({ description: 'For people, beside the statement' }),
  wait: identifierSchema.optional().meta({ description: 'Instead of a statement: until the statement of this session ends by itself' }),
}

/** The keys of a step beside its session's name, under which its SQL stands. */
const stepSchema = z.object(stepShape).catchall(sqlSchema).meta({ id: 'step', description: '`A: SELECT …`: one statement of one session' })

export const stepKeys: readonly string[] = Object.keys(stepShape)

export const ruleSchema = z.strictObject({
  text: z.string().meta({ description: 'What must be true when all is over, for people' }),
  holds: expressionSchema.meta({
    description:
      "Over columns of the final query's first row, `rows`, `commits` (transactions of all sessions), `A.commits` and what a session saved, as `A.qty`",
  }),
})

const perSession = <Item extends z.ZodType>(item: Item) => z.record(identifierSchema, item)

const plotShape = {
  setup: z.array(sqlSchema).optional().meta({ description: 'Statements that make the tables and rows, in an empty namespace' }),
  sessions: z.array(identifierSchema).min(1).optional().meta({ description: 'Their names, in the order of the columns on the screen' }),
  schedule: z
    .array(stepSchema)
    .min(1)
    .optional()
    .meta({ description: 'Who says what, in order; whoever waits for a lock says the rest when it wakes' }),
  final: sqlSchema.optional().meta({ description: 'Reads what is left when all is over' }),
  rule: ruleSchema.optional().meta({ description: 'The business rule' }),
  engines: enginesSchema.optional().meta({ description: 'Where it makes sense; everywhere unless given' }),
  isolation: isolationSchema.optional().meta({ description: 'The level to run at unless one is chosen' }),
  levels: perSession(z.enum(isolationLevels))
    .optional()
    .meta({ description: 'Sessions that have a level of their own, whatever is chosen' }),
  session: sessionSchema.optional(),
  pin: perSession(sessionSchema).optional().meta({ description: 'Settings of one session, as of which a deadlock takes its victim' }),
  retry: z
    .union([identifierSchema, z.array(identifierSchema)])
    .optional()
    .meta({ description: 'Sessions that begin again after a serialization failure, a deadlock or a lock time-out' }),
  nondeterministic: z
    .array(z.enum(['victim', 'wake order']))
    .optional()
    .meta({ description: 'What may differ from run to run' }),
  unjudged: z.string().optional().meta({ description: 'Why serializability is no question here; needed where `kind` is locking' }),
}

export const variantSchema = z
  .strictObject({
    title: z.string().meta({ description: 'One line' }),
    fix: z.boolean().optional().meta({ description: 'It is a way out, shown right after the story' }),
    cost: z.string().optional().meta({ description: 'What a fix costs' }),
    ...plotShape,
  })
  .meta({ id: 'variant', description: 'The same story told differently; what it does not say stays' })

export const demoSchema = z
  .strictObject({
    version: z.literal(1).meta({ description: 'Version of this language' }),
    name: nameSchema,
    kind: z.enum(['anomaly', 'locking']).meta({ description: 'A question of serializability; or of waits, deadlocks and time-outs' }),
    title: z.string(),
    names: z.array(z.string()).optional().meta({ description: 'As the literature calls it, as in P4' }),
    theme: z.string().meta({ description: 'Under which heading it is listed' }),
    summary: z.string().meta({ description: 'One line for the list' }),
    story: z.string().meta({ description: 'What happens to whom' }),
    core: z.boolean().optional().meta({ description: 'One of those that every database should be asked' }),
    workshop: z.int().min(1).optional().meta({ description: 'Its place in a workshop' }),
    ...plotShape,
    variants: z.record(nameSchema, variantSchema).optional(),
  })
  .meta({ title: 'A demo of oltp', description: 'Some sessions, what they say in which order, and what must be true afterwards' })
