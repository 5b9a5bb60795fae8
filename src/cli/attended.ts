import { type ExitCode, OltpError } from '../errors.js'
import type { RunListener, StopControl } from '../run/events.js'
import { stoppedCode } from '../run/with-data.js'
import type { ResolvedScenario } from '../scenario/model.js'
import type { BenchFlags } from './commands/bench.js'
import type { CliContext } from './context.js'
import { Stop } from './stop.js'
import { openWatcher } from './watcher.js'

export interface Attended<T> {
  readonly value: T
  /** With what to exit if it was stopped from outside. */
  readonly stopCode: ExitCode
}

/** Lets `work` run while somebody watches it and signals stop it; the terminal and the signals are given back, whatever happened. */
export async function attended<T>(
  scenario: ResolvedScenario,
  flags: BenchFlags,
  context: CliContext,
  work: (listener: RunListener, stop: StopControl) => Promise<T>,
): Promise<Attended<T>> {
  const stop = new Stop(context)
  const watcher = await openWatcher(scenario, flags, context, () => stop.request())
  try {
    const value = await work(watcher.listener, stop.control)
    return { value, stopCode: stop.exitCode }
  } catch (error) {
    throw stop.explains(error) ? stoppedEarly(stop.exitCode, error) : error
  } finally {
    await watcher.close()
    stop.release()
  }
}

function stoppedEarly(exitCode: ExitCode, cause: unknown): OltpError {
  return new OltpError(stoppedCode, exitCode, 'stopped while getting ready: nothing was measured', {
    hint: 'run it again; a seeding that was cut off is noticed and done anew',
    cause,
  })
}
