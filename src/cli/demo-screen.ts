import { describeTarget, parseTarget } from '../database/url.js'
import type { Casting } from '../demo/play.js'
import { openPlayer } from '../demo/player.js'
import { type Dialect, dialects } from '../scenario/model.js'
import { runsOn } from '../scenario/runs-on.js'
import { showDemo } from '../ui/demo/screen.js'
import type { DemoFlags } from './commands/demo.js'
import type { CliContext } from './context.js'
import { type DemoPlace, withDemoStage } from './demo-target.js'
import { preparationLines } from './preparation-lines.js'
import { StageDoors } from './stage-doors.js'
import type { Stop } from './stop.js'

/**
 * Lets people step through a demo on the terminal. They may go to the other servers that are given, or, where it is played on a local one,
 * to those of other engines, which are started then; what we started is stopped at the end.
 */
export async function showOnScreen(
  casting: Casting,
  flags: DemoFlags,
  context: CliContext,
  stream: NodeJS.WriteStream,
  stop: Stop,
): Promise<void> {
  const { stdin, env } = context
  const given = placesGiven(flags, env)
  await withDemoStage(casting, flags, context, stop, preparationLines(stream), async first => {
    const places = given ?? localPlaces(casting, first.dialect, flags)
    const [here = ''] = places.keys()
    const doors = new StageDoors((name, use) => {
      // A variant that makes no sense there is no reason not to go: it is the story that is told.
      return withDemoStage({ ...casting, variant: null }, places.get(name) ?? flags, context, stop, () => {}, use)
    })
    try {
      const { demo, variant, isolation } = casting
      const player = await openPlayer({
        demo,
        engines: [...places.keys()],
        stageOn: async name => (name === here ? first : doors.at(name)),
        telling: { engine: here, variant, isolation },
      })
      const onlyServer = whyAlone(casting, flags, env)
      await showDemo({ player, stream, stdin, env, large: flags.large ?? false, onlyServer, signal: stop.control.drain })
    } finally {
      await doors.close()
    }
  })
}

/** By the names that the player has for them, the one to begin on first. */
type Places = ReadonlyMap<string, DemoPlace>

/** The servers of `--url`; null: local ones. @throws OltpError as `parseTarget` does, before anything is started */
function placesGiven({ namespace, confirm = [], url, otherUrls }: DemoFlags, env: CliContext['env']): Places | null {
  const first = url ?? (env.OLTP_URL || undefined)
  if (first === undefined) return null
  return new Map([first, ...otherUrls].map(each => [describeTarget(parseTarget(each, env)), { namespace, confirm, url: each }]))
}

function localPlaces({ demo }: Casting, here: Dialect, { namespace, confirm = [] }: DemoFlags): Places {
  const others = dialects.filter(engine => engine !== here && runsOn(demo.plot, engine))
  return new Map([here, ...others].map(engine => [engine, { namespace, confirm, engine }]))
}

function whyAlone({ demo }: Casting, { url }: DemoFlags, env: CliContext['env']): string {
  if (url) return 'this is the only server: begin with --url once for each, and e goes from one to the next'
  if (env.OLTP_URL) return 'OLTP_URL names one server: begin with --url once for each, and e goes from one to the next'
  return `this demo makes sense on ${(demo.plot.engines ?? []).join(' and ')} only`
}
