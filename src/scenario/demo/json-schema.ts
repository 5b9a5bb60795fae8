import { z } from 'zod'
import { demoSchema } from './schema.js'

/** The JSON Schema (draft 7, which editors read) of a demo file, as text. A step is open: its SQL stands under a session's name. */
export function demoJsonSchema(): string {
  // A variant may leave out any of its plot, the demo itself may not.
  const whole = demoSchema.required({ setup: true, sessions: true, schedule: true }).meta(demoSchema.meta() ?? {})
  return `${JSON.stringify(z.toJSONSchema(whole, { target: 'draft-7', io: 'input' }), null, 2)}\n`
}
