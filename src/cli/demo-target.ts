import type { Target } from '../database/contract.js'
import { describeTarget } from '../database/url.js'
import { type Casting, plotOf } from '../demo/play.js'
import type { Stage } from '../demo/stage.js'
import { exitCodes, OltpError } from '../errors.js'
import type { RunListener } from '../run/events.js'
import type { Dialect } from '../scenario/model.js'
import { runsOn } from '../scenario/runs-on.js'
import type { CliContext } from './context.js'
import type { Stop } from './stop.js'
import { type TargetOptions, withTarget } from './target-options.js'
import { withStage } from './with-stage.js'

/** Where a demo is to be played. */
export interface DemoPlace extends Omit<TargetOptions, 'confirm'> {
  /** Targets off this machine that are meant, each as `--confirm` has it. */
  readonly confirm?: readonly string[]
}

/** More than any demo has, with the one that holds the namespace and the one that looks at locks. */
const sessionsOfADemo = 12

/**
 * Opens the stage that the flags ask for, and lets `use` play there; without a URL or an engine it is a local server of the first engine
 * that the demo names.
 *
 * @throws OltpError `DEMO_ELSEWHERE` where the demo makes no sense on that engine, and as `withTarget` and `withStage` do
 */
export async function withDemoStage<T>(
  casting: Casting,
  flags: DemoPlace,
  context: CliContext,
  stop: Stop,
  listener: RunListener,
  use: (stage: Stage) => Promise<T>,
): Promise<T> {
  const { namespace, confirm = [] } = flags
  const atUrl = Boolean(flags.url ?? context.env.OLTP_URL)
  const engine = flags.engine ?? (atUrl ? undefined : plotOf(casting).engines?.[0])
  if (!atUrl && engine !== undefined) requireEngine(casting, engine, engine)
  const needs = { env: context.env, listener, maxConnections: sessionsOfADemo, signal: stop.control.drain }
  const { url } = flags
  return withTarget(
    { namespace, ...(url === undefined ? {} : { url }), ...(engine === undefined ? {} : { engine }) },
    needs,
    ({ target }) =>
      withStage(target, { namespace, confirm: confirmationOf(target, confirm) }, stop, stage => {
        requireEngine(casting, stage.dialect, `${stage.server.product} ${stage.server.version}`)
        return use(stage)
      }),
  )
}

/** What confirms this target; of several that do not, the first, which the refusal then names. */
export function confirmationOf(target: Target, confirm: readonly string[]): string | null {
  return confirm.find(name => name === describeTarget(target)) ?? confirm[0] ?? null
}

function requireEngine(casting: Casting, dialect: Dialect, found: string): void {
  const plot = plotOf(casting)
  if (plot.engines === null || runsOn(plot, dialect)) return
  throw new OltpError('DEMO_ELSEWHERE', exitCodes.usage, `demo ${casting.demo.name} makes no sense on ${found}`, {
    hint: `it is about ${plot.engines.join(' and ')}: add --engine ${plot.engines[0]}`,
  })
}
