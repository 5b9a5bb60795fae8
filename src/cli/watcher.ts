import { createPlainProgress } from '../report/plain.js'
import type { RunListener } from '../run/events.js'
import type { ResolvedScenario } from '../scenario/model.js'
import { canShowScreen } from '../ui/terminal.js'
import type { BenchFlags } from './commands/bench.js'
import type { CliContext } from './context.js'

/** Whoever shows a run while it runs. */
export interface Watcher {
  readonly listener: RunListener
  /** Gives the terminal back. */
  close(): Promise<void>
}

/** The dashboard on a terminal, plain lines elsewhere; both on stderr, stdout is for the result. */
export async function openWatcher(
  scenario: ResolvedScenario,
  flags: BenchFlags,
  context: CliContext,
  onStop: () => void,
): Promise<Watcher> {
  if (flags.tui && canShowScreen(context.stderr, context.env)) {
    const { startScreen } = await import('../ui/screen.js')
    const title = [scenario.name, scenario.variant].filter(Boolean).join(' · ')
    const screen = startScreen({ stream: context.stderr, stdin: context.stdin, env: context.env, title, onStop })
    return { listener: screen.onEvent, close: () => screen.close() }
  }
  const intervalMs = flags.progress ?? defaultIntervalMs(scenario)
  return { listener: createPlainProgress(text => context.stderr.write(text), intervalMs), close: async () => {} }
}

/** A line per second while that stays readable. */
function defaultIntervalMs(scenario: ResolvedScenario): number {
  const totalMs = scenario.phases.reduce((sum, phase) => sum + (phase.durationMs ?? 0), 0)
  return totalMs <= 60_000 ? 1000 : 10_000
}
