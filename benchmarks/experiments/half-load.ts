import type { Result } from '#oltp/measure/result.js'
import type { Experiment } from '../context.js'
import { benchOltp } from '../programs/oltp.js'
import { markdownTable } from '../table.js'
import { capacityOf, complaints, openLoad } from './open-load.js'

const runs = 20

/** At half of what the machine can do, a healthy generator must not blame itself. */
export const halfLoad: Experiment = {
  name: 'half-load',
  async run(context) {
    const { env } = await context.server('postgres')
    const rate = Math.round((await capacityOf(context)) / 2)
    const results: Result[] = []
    for (let run = 0; run < runs; run++) {
      const result = await benchOltp(openLoad(rate, context.seconds), { env, allowed: [99] })
      const { utilisation, lag_share, steal_share } = result.generator
      context.log(
        `half load: ${result.validity.status} (${complaints(result).join(', ')}), utilisation ${utilisation}, lag share ${lag_share}, steal ${steal_share}`,
      )
      results.push(result)
    }
    const blamed = results.filter(result => complaints(result).length > 0).length
    const valid = results.filter(result => result.validity.status === 'VALID').length
    const row = [`${rate}/s`, `${blamed} of ${runs}`, '0', `${valid} of ${runs}`]
    return { markdown: markdownTable(['half load', 'generator blamed', 'at most', 'VALID'], [row]), holds: blamed === 0 }
  },
}
