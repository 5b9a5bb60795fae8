import { explore } from '../demo/explore.js'
import type { Casting } from '../demo/play.js'
import { type ExitCode, exitCodes } from '../errors.js'
import { wantsColour } from '../format.js'
import { explorationText } from '../report/demo/explore-text.js'
import type { CliContext } from './context.js'
import { type Places, withStages } from './demo-stages.js'
import { progressLine } from './progress-line.js'
import { Stop } from './stop.js'

export interface ExploreFlags extends Places {
  readonly json: boolean
  /** Of the sample, where there are too many orders to play all. */
  readonly seed: number
}

/** As many as take a minute or so. */
const mostOrders = 300

/** `oltp demo --explore NAME`: every order of the sessions' steps, and how many go wrong. */
export async function demoExplore(casting: Casting, flags: ExploreFlags, context: CliContext): Promise<ExitCode> {
  const progress = progressLine(context.stderr)
  const stop = new Stop(context)
  try {
    const exploration = await withStages(flags, context, stop, async ([stage]) => {
      if (stage === undefined) throw new Error('no stage was opened')
      return explore(stage, casting, {
        limit: mostOrders,
        seed: flags.seed,
        signal: stop.control.drain,
        onProgress: (done, total) => progress.show(`${done} of ${total} orders played`),
      })
    })
    progress.clear()
    const { stdout, env } = context
    const style = { colour: wantsColour(env, stdout.isTTY === true), columns: stdout.columns ?? 80 }
    stdout.write(flags.json ? `${JSON.stringify(exploration, null, 2)}\n` : explorationText(exploration, style))
    if (!exploration.complete) return stop.exitCode
    return exploration.failures.length > 0 ? exitCodes.broke : exitCodes.ok
  } finally {
    progress.clear()
    stop.release()
  }
}
