import { resolve } from 'node:path'
import { bundledDemoNames, loadDemo } from '../demo/load-demo.js'
import type { Casting } from '../demo/play.js'
import { type ExitCode, exitCodes, OltpError } from '../errors.js'
import { wrapText } from '../format.js'
import { demoJson } from '../report/demo/json.js'
import { demoList } from '../report/demo/list.js'
import { checkWritable, writeText } from '../report/json.js'
import type { Demo } from '../scenario/demo/model.js'
import { readIsolation } from '../scenario/isolation.js'
import { suggest } from '../scenario/nearest.js'
import { canShowScreen, whyTooPoor } from '../ui/terminal.js'
import type { DemoFlags } from './commands/demo.js'
import type { CliContext } from './context.js'
import { showOnScreen } from './demo-screen.js'
import { listDemos } from './demo-text.js'
import { playAsTranscript } from './demo-transcript.js'
import { Stop } from './stop.js'

/** `oltp demo` without a name: all demos by theme; with `--json` or `--output` as a document. */
export async function listTheDemos({ json, output }: DemoFlags, context: CliContext): Promise<ExitCode> {
  const path = output === undefined ? null : resolve(context.cwd, output)
  if (path !== null) checkWritable(path)
  const names = await bundledDemoNames()
  const demos = await Promise.all(names.map(name => loadDemo(name, context.cwd)))
  const document = `${demoJson(demoList(demos))}\n`
  if (path !== null) writeText(document, path)
  context.stdout.write(json ? document : listDemos(demos, context.stdout.columns ?? 80))
  return exitCodes.ok
}

/** `oltp demo NAME`, once its flags are read: on the screen where there is one. An anomaly that happens is no failure. */
export async function demo(name: string, flags: DemoFlags, context: CliContext): Promise<ExitCode> {
  const casting = await castingOf(name, flags, context)
  const { stderr, stdin, env } = context
  const asText = flags.plain || flags.json || flags.fixes || flags.output !== undefined || stdin.isTTY !== true
  const screen = !asText && canShowScreen(stderr, env) ? stderr : null
  if (screen === null) requireOneServer(flags)
  const poor = asText ? null : whyTooPoor(stderr, env)
  if (poor !== null) stderr.write(`${wrapText(`${poor}; here is the transcript (--plain asks for it)`, stderr.columns ?? 80).join('\n')}\n`)
  const stop = new Stop(context)
  try {
    if (screen !== null) await showOnScreen(casting, flags, context, screen, stop)
    else await playAsTranscript(casting, name, flags, context, stop)
    return stop.requested ? stop.exitCode : exitCodes.ok
  } catch (error) {
    throw stop.explains(error) ? stoppedEarly(stop.exitCode, error) : error
  } finally {
    stop.release()
  }
}

/** @throws OltpError `ONE_SERVER`: what is no table and has no key to go to another is played on one */
export function requireOneServer({ otherUrls }: DemoFlags): void {
  if (otherUrls.length === 0) return
  throw new OltpError('ONE_SERVER', exitCodes.usage, `this is played on one server, and --url is given ${otherUrls.length + 1} times`, {
    hint: 'give it once; --matrix plays on all of them, and on the screen `e` goes from one to the next',
  })
}

/** Which demo, which telling of it, and at which level. @throws OltpError as `loadDemo` and `readIsolation` do, VARIANT_UNKNOWN */
export async function castingOf(name: string, flags: DemoFlags, context: CliContext): Promise<Casting> {
  const demo = await loadDemo(name, context.cwd)
  return {
    demo,
    variant: variantOf(demo, flags.variant ?? null),
    isolation: flags.isolation === undefined ? null : readIsolation(flags.isolation),
  }
}

function variantOf(demo: Demo, name: string | null): string | null {
  const names = demo.variants.map(variant => variant.name)
  if (name === null || names.includes(name)) return name
  throw new OltpError('VARIANT_UNKNOWN', exitCodes.usage, `demo ${demo.name} has no variant «${name}»`, {
    hint: suggest(name, names) ?? 'leave --variant out: it is told in one way only',
  })
}

function stoppedEarly(exitCode: ExitCode, cause: unknown): OltpError {
  return new OltpError('STOPPED', exitCode, 'stopped before the demo was over', {
    hint: 'nothing of it is left on the server; run it again to see its end',
    cause,
  })
}
