import { z } from 'zod'
import { scenarioSchema } from './schema.js'
import { enginesSchema, nestedStepsMark } from './schema-parts.js'
import { stepKinds } from './steps/registry.js'

/** The JSON Schema (draft 7, which editors read) of a scenario file, as text. */
export function scenarioJsonSchema(): string {
  const steps = [...stepKinds.values()].map(kind => toJson(kind.schema.extend({ engines: enginesSchema.optional() })))
  const { $schema, definitions, ...scenario } = toJson(scenarioSchema)
  const parts = [{ definitions }, ...steps].map(part => part.definitions ?? {})
  const step = { anyOf: steps.map(({ $schema: _, definitions: __, ...schema }) => schema) }
  const whole = {
    $schema,
    ...scenario,
    definitions: Object.assign({}, ...parts, { step }),
  }
  return `${JSON.stringify(whole, null, 2)}\n`
}

function toJson(schema: z.ZodType) {
  return z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override({ jsonSchema }) {
      if (!(nestedStepsMark in jsonSchema)) return
      delete jsonSchema[nestedStepsMark]
      jsonSchema.items = { $ref: '#/definitions/step' }
    },
  })
}
