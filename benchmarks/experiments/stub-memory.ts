import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import { median } from '../compare.js'
import type { Experiment } from '../context.js'
import { launcher } from '../programs/oltp.js'
import { markdownTable, whole } from '../table.js'

const clients = 8
const transactions = 10_000_000
/** How much more memory the last fifth may hold than the second. */
const atMost = 1.1

/** Ten million transactions against the stub: memory must not grow with them. */
export const stubMemory: Experiment = {
  name: 'stub-memory',
  async run(context) {
    const { env } = await context.server('postgres')
    const args = ['bench', 'point-select', '--calibrate', '-c', String(clients), '-t', String(transactions / clients), '--json', '--no-tui']
    const run = execa(process.execPath, [launcher, ...args], { env, stderr: 'ignore' })
    const samples: number[] = []
    const timer = setInterval(() => samples.push(residentBytes(run.pid ?? 0)), 1000)
    const { stdout } = await run.finally(() => clearInterval(timer))
    const { totals } = JSON.parse(stdout) as { readonly totals: { readonly committed: number } }
    const fifth = Math.floor(samples.length / 5)
    const [early, late] = [median(samples.slice(fifth, 2 * fifth)), median(samples.slice(-fifth))]
    const mib = (bytes: number) => `${whole(bytes / 2 ** 20)} MiB`
    context.log(`memory: ${samples.map(bytes => Math.round(bytes / 2 ** 20)).join(' ')}`)
    const row = [whole(totals.committed), mib(early), mib(late), (late / early).toFixed(2), String(atMost)]
    return {
      markdown: markdownTable(['transactions', 'memory, second fifth of the time', 'last fifth', 'ratio', 'at most'], [row]),
      holds: totals.committed >= transactions && late / early <= atMost,
    }
  },
}

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
