import type { Result } from '#oltp/measure/result.js'
import type { Context } from '../context.js'
import { benchOltp } from '../programs/oltp.js'

const scenario = ['tpcb', '--set', 'scale=10', '--variant', 'select-only', '-c', '8', '--no-tui']

/** What eight clients reach in a closed loop, in transactions per second. */
export async function capacityOf(context: Context): Promise<number> {
  const { env } = await context.server('postgres')
  return (await benchOltp([...scenario, '--warmup', '2s', '-d', `${context.seconds}s`], { env, allowed: [99] })).tps
}

/** The flags of the same work at a rate of arrivals. */
export function openLoad(rate: number, seconds: number): readonly string[] {
  return [...scenario, '-R', String(rate), '--warmup', '2s', '-d', `${seconds}s`]
}

/** The checks by which a result blames its generator, or the machine that this runs on. */
export function complaints(result: Result, about: 'generator_' | 'host_'): readonly string[] {
  return result.validity.checks.filter(({ id, status }) => status !== 'ok' && id.startsWith(about)).map(({ id }) => id)
}
