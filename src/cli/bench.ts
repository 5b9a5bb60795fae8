import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { pid } from 'node:process'
import { type ExitCode, exitCodes, OltpError } from '../errors.js'
import { wantsColour } from '../format.js'
import type { Result } from '../measure/result.js'
import { checkWritable, serialise, writeResult } from '../report/json.js'
import { summarise } from '../report/summary.js'
import { type BenchPlan, runBench } from '../run/bench.js'
import { loadScenario } from '../run/load-scenario.js'
import { stoppedCode } from '../run/with-data.js'
import type { ResolvedScenario } from '../scenario/model.js'
import { resolveScenario } from '../scenario/resolve.js'
import { homeDirectory } from '../server/home.js'
import type { BenchFlags } from './commands/bench.js'
import type { CliContext } from './context.js'
import { packageVersion } from './package-version.js'
import { withoutPassword } from './passwords.js'
import { Stop } from './stop.js'
import { type ChosenTarget, withTarget } from './target-options.js'
import { openWatcher } from './watcher.js'

/** `oltp bench`, once its flags are read: from the scenario's name to the exit code. */
export async function bench(name: string, flags: BenchFlags, context: CliContext): Promise<ExitCode> {
  const scenario = resolveScenario(await loadScenario(name, context.cwd), {
    variant: flags.variant ?? null,
    set: flags.set,
    overrides: overridesOf(flags),
  })
  const savePath = placeToSave(scenario, flags, context)
  const stop = new Stop(context)
  const watcher = await openWatcher(scenario, flags, context, () => stop.request())
  let result: Result
  try {
    const needs = {
      env: context.env,
      listener: watcher.listener,
      maxConnections: sessionsOf(scenario),
      signal: stop.control.drain,
    }
    result = await withTarget(flags, needs, chosen => runBench(planOf(scenario, chosen, flags, context), watcher.listener, stop.control))
  } catch (error) {
    throw stop.requested && isStop(error) ? stoppedEarly(stop.exitCode, error) : error
  } finally {
    await watcher.close()
    stop.release()
  }
  const savedTo = save(result, savePath, flags, context)
  const summaryStream = flags.json ? context.stderr : context.stdout
  const style = { colour: wantsColour(context.env, summaryStream.isTTY === true), columns: summaryStream.columns ?? 80, savedTo }
  summaryStream.write(`${summarise(result, style)}\n`)
  if (flags.json) context.stdout.write(`${serialise(result)}\n`)
  return verdict(result, flags, stop)
}

function overridesOf(flags: BenchFlags) {
  return {
    clients: flags.clients,
    durationMs: flags.duration ?? flags.time,
    transactions: flags.transactions,
    rate: flags.rate,
    arrivals: flags.arrivals,
    warmupMs: flags.warmup,
    isolation: flags.isolation,
    seed: flags.seed,
    thresholds: flags.threshold,
    maxTries: flags.maxTries,
  }
}

function planOf(scenario: ResolvedScenario, { target, throwaway }: ChosenTarget, flags: BenchFlags, context: CliContext): BenchPlan {
  return {
    scenario,
    target,
    throwaway,
    namespace: flags.namespace,
    confirm: flags.confirm ?? null,
    fresh: flags.fresh ?? false,
    threads: flags.threads ?? 1,
    protocol: flags.protocol,
    pipeline: flags.pipeline ?? false,
    latencyLimitMs: flags.latencyLimit ?? null,
    labels: Object.fromEntries(Object.entries(flags.label).map(([name, value]) => [name, withoutPassword(value)])),
    argv: context.argv.map(withoutPassword),
    version: packageVersion,
    ci: isCi(context.env),
  }
}

/** Clients, and two of ours: one that holds the namespace, one that checks invariants. */
function sessionsOf(scenario: ResolvedScenario): number {
  return Math.max(...scenario.phases.map(phase => Math.max(phase.clients.from, phase.clients.to))) + 2
}

function isCi(env: CliContext['env']): boolean {
  return Boolean(env.CI) && env.CI !== 'false' && env.CI !== '0'
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

function verdict(result: Result, flags: BenchFlags, stop: Stop): ExitCode {
  if (result.broken !== null || result.invariants.some(invariant => !invariant.held)) return exitCodes.broke
  if (result.interrupted !== 'no') return stop.exitCode
  if (flags.strict && result.validity.status !== 'VALID') return exitCodes.notValid
  if (result.thresholds.some(threshold => !threshold.passed)) return exitCodes.threshold
  return exitCodes.ok
}

/** Of the run, or of a server that was being started. */
function isStop(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === stoppedCode))
}

function stoppedEarly(exitCode: ExitCode, cause: unknown): OltpError {
  return new OltpError(stoppedCode, exitCode, 'stopped while getting ready: nothing was measured', {
    hint: 'run it again; a seeding that was cut off is noticed and done anew',
    cause,
  })
}
