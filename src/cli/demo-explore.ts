import { resolve } from 'node:path'
import type { Exploration } from '../demo/exploration.js'
import { explore } from '../demo/explore.js'
import { type ExitCode, exitCodes, OltpError } from '../errors.js'
import { wantsColour } from '../format.js'
import { explorationText } from '../report/demo/explore-text.js'
import { demoJson } from '../report/demo/json.js'
import { checkWritable, writeText } from '../report/json.js'
import type { DemoFlags } from './commands/demo.js'
import type { CliContext, OutputStream } from './context.js'
import { castingOf, requireOneServer } from './demo.js'
import { withDemoStage } from './demo-target.js'
import { preparationLines } from './preparation-lines.js'
import { progressLine } from './progress-line.js'
import { Stop } from './stop.js'

/** As many as take a minute or so. */
const mostOrders = 300

/** `oltp demo --explore NAME`: every order of the sessions' steps, and how many go wrong. */
export async function demoExplore(name: string, flags: DemoFlags, seed: number, context: CliContext): Promise<ExitCode> {
  requireOneServer(flags)
  const casting = await castingOf(name, flags, context)
  const output = flags.output === undefined ? null : resolve(context.cwd, flags.output)
  if (output !== null) checkWritable(output)
  const progress = progressLine(context.stderr)
  const stop = new Stop(context)
  try {
    const exploration = await withDemoStage(casting, flags, context, stop, preparationLines(context.stderr), stage =>
      explore(stage, casting, {
        limit: mostOrders,
        seed,
        signal: stop.control.drain,
        onProgress: (done, total) => progress.show(`${done} of ${total} orders played`),
      }),
    )
    progress.clear()
    tell(exploration, output, flags.json === true, context)
    if (!exploration.complete) return stop.exitCode
    return exploration.failures.length > 0 ? exitCodes.broke : exitCodes.ok
  } catch (error) {
    throw stop.explains(error) ? stoppedEarly(stop, error) : error
  } finally {
    progress.clear()
    stop.release()
  }
}

function tell(exploration: Exploration, output: string | null, json: boolean, { stdout, stderr, env }: CliContext): void {
  const document = `${demoJson(exploration)}\n`
  if (output !== null) writeText(document, output)
  const stream: OutputStream = json ? stderr : stdout
  stream.write(explorationText(exploration, { colour: wantsColour(env, stream.isTTY === true), columns: stream.columns ?? 80 }))
  if (json) stdout.write(document)
}

function stoppedEarly(stop: Stop, cause: unknown): OltpError {
  return new OltpError('STOPPED', stop.exitCode, 'stopped before anything was played', {
    hint: 'nothing of it is left on the server; run it again',
    cause,
  })
}
