import type { BenchPlan } from '#oltp/run/bench.js'
import type { RunEvent, StopControl } from '#oltp/run/events.js'
import { loadScenario } from '#oltp/run/load-scenario.js'
import type { Overrides } from '#oltp/scenario/overrides.js'
import { resolveScenario } from '#oltp/scenario/resolve.js'
import type { MysqlReply, Recording } from '#oltp/server/stub/recording.js'
import type { Bench } from './namespace.js'

/** A short run of a scenario that ships, as `oltp bench` would plan it. */
export async function planFor(
  bench: Bench,
  namespace: string,
  name: string,
  more: Partial<BenchPlan> & { readonly overrides?: Overrides; readonly set?: Record<string, string> } = {},
): Promise<BenchPlan> {
  const { overrides, set, ...plan } = more
  const scenario = resolveScenario(await loadScenario(name), {
    variant: null,
    set: set ?? {},
    overrides: { clients: 4, durationMs: 400, warmupMs: 0, ...overrides },
  })
  return {
    scenario,
    target: bench.target,
    throwaway: false,
    namespace,
    confirm: null,
    fresh: false,
    threads: 1,
    protocol: 'prepared',
    pipeline: false,
    latencyLimitMs: null,
    labels: {},
    argv: [],
    version: '0',
    ci: false,
    ...plan,
  }
}

/** Nobody stops it. */
export function unstopped(): StopControl {
  return { drain: new AbortController().signal, now: new AbortController().signal }
}

export function noticesIn(events: readonly RunEvent[]): string[] {
  return events.flatMap(event => (event.kind === 'notice' ? [event.text] : []))
}

/** The recording with the replies to the execution of some statements changed. */
export function altered(recording: Recording, which: RegExp, alter: (reply: Buffer) => Buffer): Recording {
  if (recording.engine === 'postgres') {
    const statements = recording.statements.map(one =>
      which.test(one.text) && one.execute !== null ? { ...one, execute: alter(Buffer.from(one.execute)) } : one,
    )
    return { ...recording, statements }
  }
  const change = (reply: MysqlReply | null) => reply && { ...reply, bytes: alter(Buffer.from(reply.bytes)) }
  const statements = recording.statements.map(one => {
    const [outside, inside] = one.execute
    return which.test(one.text) ? { ...one, execute: [change(outside), change(inside)] as const } : one
  })
  return { ...recording, statements }
}
