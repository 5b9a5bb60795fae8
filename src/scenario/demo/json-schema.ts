import { z } from 'zod'
import { demoSchema } from './schema.js'

/** The JSON Schema (draft 7, which editors read) of a demo file, as text. A step is open: its SQL stands under a session's name. */
export function demoJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(demoSchema, { target: 'draft-7', io: 'input' }), null, 2)}\n`
}
