import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchmarkServer, Experiment } from '../context.js'
import { benchOltp } from '../programs/oltp.js'
import { markdownTable } from '../table.js'

const [rate, clients, seconds, stall_s] = [200, 4, 20, 2]
const tolerance = 0.03

/** The server is frozen for two of twenty seconds: the p95 that is reported must be the one that can be computed. */
export const stall: Experiment = {
  name: 'stall',
  async run(context) {
    const server = await context.server('postgres')
    const args = ['point-select', '--set', 'rows=10000', '-c', String(clients), '-R', String(rate), '--arrivals', 'constant']
    const length = ['--warmup', '0', '-d', `${seconds}s`, '--no-tui']
    // Seeded beforehand, so that the load begins soon after the command does.
    await benchOltp([...args, '--warmup', '0', '-d', '1s', '--no-tui'], { env: server.env, allowed: [99] })
    const freezing = freezeLater(server, 8000)
    const result = await benchOltp([...args, ...length], { env: server.env, allowed: [99] })
    const truth_ms = p95Of(await freezing)
    const phase = result.phases.at(-1)
    if (phase === undefined) throw new Error('the run has no phase')
    const p95_ms = (phase.latency.p95_us ?? Number.NaN) / 1000
    const error = Math.abs(p95_ms - truth_ms) / truth_ms
    const ms = (us: number | null) => `${((us ?? Number.NaN) / 1000).toFixed(1)} ms`
    const row = [
      `${truth_ms.toFixed(0)} ms`,
      `${p95_ms.toFixed(1)} ms`,
      `${(error * 100).toFixed(1)} %`,
      ms(phase.lag.p95_us),
      ms(phase.queue.p95_us),
    ]
    return {
      markdown: markdownTable(['p95 of response, computed', 'reported', 'error (at most 3 %)', 'lag p95', 'queue p95'], [row]),
      holds: error <= tolerance,
    }
  },
}

/** Arrivals come evenly. Those due while the server stands still wait for its end: the 5 % of all that wait longest wait longer than this. */
function p95Of(stallMs: number): number {
  return stallMs - 0.05 * seconds * 1000
}

/** Stops all processes of the server for a while, as a machine without disk or processor would. For how many milliseconds it was. */
async function freezeLater(server: BenchmarkServer, afterMs: number): Promise<number> {
  await sleep(afterMs)
  const processes = processesOf(server)
  for (const pid of processes) process.kill(pid, 'SIGSTOP')
  const frozen = performance.now()
  await sleep(stall_s * 1000)
  for (const pid of processes) process.kill(pid, 'SIGCONT')
  return performance.now() - frozen
}

function processesOf({ dataDirectory }: BenchmarkServer): readonly number[] {
  const postmaster = Number(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0])
  const children = readdirSync('/proc').filter(name => /^\d+$/.test(name) && parentOf(name) === postmaster)
  return [postmaster, ...children.map(Number)]
}

function parentOf(pid: string): number | null {
  try {
    // The name, in brackets, may hold anything.
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[1],
    )
  } catch {
    return null
  }
}
