import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { pid } from 'node:process'
import { type ExitCode, exitCodes } from '../errors.js'
import { wantsColour } from '../format.js'
import type { Result } from '../measure/result.js'
import { checkWritable, serialise, writeResult } from '../report/json.js'
import { reportAsPgbench } from '../report/pgbench.js'
import { summarise } from '../report/summary.js'
import { runBench } from '../run/bench.js'
import type { ResolvedScenario } from '../scenario/model.js'
import { homeDirectory } from '../server/home.js'
import { attended } from './attended.js'
import { planOf, scenarioOf, sessionsOf } from './bench-plan.js'
import type { BenchFlags } from './commands/bench.js'
import type { CliContext } from './context.js'
import { withTarget } from './target-options.js'

/** `oltp bench`, once its flags are read: from the scenario's name to the exit code. */
export async function bench(name: string, flags: BenchFlags, context: CliContext): Promise<ExitCode> {
  const scenario = await scenarioOf(name, flags, context)
  const savePath = placeToSave(scenario, flags, context)
  const { value: result, stopCode } = await attended(scenario, flags, context, (listener, stop) => {
    const needs = { env: context.env, listener, maxConnections: sessionsOf(scenario), signal: stop.drain }
    return withTarget(flags, needs, chosen => runBench(planOf(scenario, chosen, flags, context), listener, stop))
  })
  const savedTo = save(result, savePath, flags, context)
  const summaryStream = flags.json ? context.stderr : context.stdout
  const style = { colour: wantsColour(context.env, summaryStream.isTTY === true), columns: summaryStream.columns ?? 80, savedTo }
  summaryStream.write(flags.report === 'pgbench' ? reportAsPgbench(result, savedTo) : `${summarise(result, style)}\n`)
  if (flags.json) context.stdout.write(`${serialise(result)}\n`)
  return verdict(result, flags, stopCode)
}

/** Where the document goes; a folder that is not there is found out before the run, not after it. */
function placeToSave(scenario: ResolvedScenario, flags: BenchFlags, context: CliContext): string {
  if (flags.output !== undefined) {
    const path = resolve(context.cwd, flags.output)
    checkWritable(path)
    return path
  }
  const folder = join(homeDirectory(context.env), 'results')
  mkdirSync(folder, { recursive: true })
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '')
  // Two runs may begin in the same second.
  return join(folder, `${[time, scenario.name, scenario.variant, pid].filter(part => part !== null).join('-')}.json`)
}

function save(result: Result, path: string, flags: BenchFlags, context: CliContext): string | null {
  try {
    writeResult(result, path)
    return path.startsWith(`${homedir()}/`) ? `~${path.slice(homedir().length)}` : path
  } catch (error) {
    if (flags.output !== undefined) throw error
    context.stderr.write(`warning: the result could not be saved: ${error instanceof Error ? error.message : String(error)}\n`)
    return null
  }
}

function verdict(result: Result, flags: BenchFlags, stopCode: ExitCode): ExitCode {
  if (result.broken !== null || [...result.invariants, ...result.checks].some(({ held }) => !held)) return exitCodes.broke
  if (result.interrupted !== 'no') return stopCode
  if (flags.strict && result.validity.status !== 'VALID') return exitCodes.notValid
  if (result.thresholds.some(threshold => !threshold.passed)) return exitCodes.threshold
  return exitCodes.ok
}
