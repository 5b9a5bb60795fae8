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
      const { utilisation, lag_share, run_queue_share } = result.generator
      const reasons = [...complaints(result, 'generator_'), ...complaints(result, 'host_')]
      context.log(
        `half load: ${result.validity.status} (${reasons.join(', ')}), utilisation ${utilisation}, lag share ${lag_share}, run queue ${run_queue_share}`,
      )
      results.push(result)
    }
    const blamed = results.filter(result => complaints(result, 'generator_').length > 0).length
    const crowded = results.filter(result => complaints(result, 'host_').length > 0).length
    const valid = results.filter(result => result.validity.status === 'VALID').length
    const row = [`${rate}/s`, `${blamed} of ${runs}`, '0', `${crowded} of ${runs}`, `${valid} of ${runs}`]
    return {
      markdown: markdownTable(['half load', 'generator blamed', 'at most', 'crowded machine blamed', 'VALID'], [row]),
      holds: blamed === 0,
    }
  },
}
