import { spawn } from 'node:child_process'
import type { Result } from '#oltp/measure/result.js'
import type { Experiment } from '../context.js'
import { benchOltp } from '../programs/oltp.js'
import { markdownTable } from '../table.js'
import { capacityOf, complaints, openLoad } from './open-load.js'

const runs = 5

/** A generator that shares its one core with busy neighbours must say so, every time. */
export const starved: Experiment = {
  name: 'starved',
  async run(context) {
    const { env } = await context.server('postgres')
    const rate = Math.round((await capacityOf(context)) / 2)
    const core = '0'
    const neighbours = [0, 1].map(() => spawn('taskset', ['-c', core, process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' }))
    const results: Result[] = []
    try {
      for (let run = 0; run < runs; run++) {
        const wrap = (command: readonly string[]) => ['taskset', '-c', core, ...command]
        const result = await benchOltp(openLoad(rate, context.seconds), { env, wrap, allowed: [99] })
        context.log(`starved: ${result.validity.status} (${reasonsOf(result).join(', ')})`)
        results.push(result)
      }
    } finally {
      for (const neighbour of neighbours) neighbour.kill()
    }
    const named = results.filter(result => reasonsOf(result).length > 0).length
    const reasons = [...new Set(results.flatMap(reasonsOf))].join(', ')
    const row = [`${rate}/s on one core with two busy neighbours`, `${named} of ${runs}`, `${runs} of ${runs}`, reasons]
    return { markdown: markdownTable(['starved generator', 'named', 'must be', 'reasons'], [row]), holds: named === runs }
  },
}

function reasonsOf(result: Result): readonly string[] {
  return [...complaints(result, 'generator_'), ...complaints(result, 'host_')]
}
