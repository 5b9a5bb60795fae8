import { resolve } from 'node:path'
import { type ExitCode, exitCodes, OltpError } from '../errors.js'
import { wantsColour } from '../format.js'
import { describeCalibration } from '../report/calibration.js'
import { checkWritable, serialise, writeResult } from '../report/json.js'
import { calibrate as measure } from '../run/calibrate.js'
import { recordReplies } from '../run/record-replies.js'
import { attended } from './attended.js'
import { planOf, scenarioOf, sessionsOf } from './bench-plan.js'
import type { BenchFlags } from './commands/bench.js'
import type { CliContext } from './context.js'
import { withTarget } from './target-options.js'

/** `oltp bench --calibrate`: the most that the generator can do with a scenario. A local server is stopped before that is measured. */
export async function calibrate(name: string, flags: BenchFlags, context: CliContext): Promise<ExitCode> {
  if (flags.report !== undefined) throw noReport(flags.report)
  const scenario = await scenarioOf(name, flags, context)
  const savePath = flags.output === undefined ? null : resolve(context.cwd, flags.output)
  if (savePath !== null) checkWritable(savePath)
  const { value: calibration, stopCode } = await attended(scenario, flags, context, async (listener, stop) => {
    const needs = { env: context.env, listener, maxConnections: sessionsOf(scenario), signal: stop.drain }
    const { plan, recorded } = await withTarget(flags, needs, async chosen => {
      const plan = planOf(scenario, chosen, flags, context)
      return { plan, recorded: await recordReplies(plan, listener, stop) }
    })
    return measure(plan, recorded, listener, stop)
  })
  if (savePath !== null) writeResult(calibration, savePath)
  const pageStream = flags.json ? context.stderr : context.stdout
  const style = { colour: wantsColour(context.env, pageStream.isTTY === true), columns: pageStream.columns ?? 80 }
  pageStream.write(`${describeCalibration(calibration, style)}\n`)
  if (flags.json) context.stdout.write(`${serialise(calibration)}\n`)
  return calibration.interrupted === 'no' ? exitCodes.ok : stopCode
}

function noReport(format: string): OltpError {
  return new OltpError('REPORT_OF_CALIBRATION', exitCodes.usage, `--report ${format} is of a run, and --calibrate makes none`, {
    hint: 'leave one of them out',
  })
}
