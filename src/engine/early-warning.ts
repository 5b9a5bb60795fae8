import { shareOf } from '../measure/generator.js'
import type { Tick } from '../measure/tick.js'
import type { Phase } from '../scenario/model.js'

/** Longer pauses of the load threads, and arrivals let go later, are worth a word while it happens. */
const longPauseMs = 50
const longLag_us = 100_000
const muchSteal = 0.1

/** Says, once each, what a second of a measured phase has shown that may cost the run its validity. */
export function createEarlyWarning(phases: readonly Phase[], warn: (text: string) => void): (tick: Tick) => void {
  const said = new Set<string>()
  return tick => {
    const phase = phases[tick.phase]
    if (phase === undefined || !phase.measure) return
    for (const [kind, text] of warningsOf(tick, phase)) {
      if (said.has(kind)) continue
      said.add(kind)
      warn(text)
    }
  }
}

function* warningsOf({ backlog, generator }: Tick, { rate }: Phase): Generator<[kind: string, text: string]> {
  const { lag_max_us, gc_max_ms, host } = generator
  const steal = shareOf(host.steal) ?? 0
  if (rate !== null && backlog >= Math.max(10, rate.to)) {
    yield ['backlog', `${backlog} arrivals wait for a client, more than come in a second: this rate is not kept up with`]
  }
  if (rate !== null && lag_max_us > longLag_us) {
    yield ['lag', `an arrival was let go ${Math.round(lag_max_us / 1000)} ms late: the generator is short of processor time`]
  }
  if (gc_max_ms > longPauseMs) yield ['gc', `the generator stood still for ${Math.round(gc_max_ms)} ms to collect garbage`]
  if (steal > muchSteal) yield ['steal', `the host gives ${Math.round(steal * 100)} % of this machine's processor time to others`]
  if ((host.throttled?.part ?? 0) > 0) yield ['throttled', 'a limit on processor time (cgroup) stops us now and then']
}
