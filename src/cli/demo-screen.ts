import { type Casting, plotOf } from '../demo/play.js'
import { openPlayer } from '../demo/player.js'
import { dialects } from '../scenario/model.js'
import { runsOn } from '../scenario/runs-on.js'
import { showDemo } from '../ui/demo/screen.js'
import type { DemoFlags } from './commands/demo.js'
import type { CliContext } from './context.js'
import { withDemoStage } from './demo-target.js'
import { preparationLines } from './preparation-lines.js'
import { StageDoors } from './stage-doors.js'
import type { Stop } from './stop.js'

/**
 * Lets people step through a demo on the terminal. Where it is played on a local server they may go to another engine's, which is
 * started then; what we started is stopped at the end.
 */
export async function showOnScreen(
  casting: Casting,
  flags: DemoFlags,
  context: CliContext,
  stream: NodeJS.WriteStream,
  stop: Stop,
): Promise<void> {
  const { stdin, env } = context
  await withDemoStage(casting, flags, context, stop, preparationLines(stream), async first => {
    const here = first.dialect
    const elsewhere = flags.url || env.OLTP_URL ? [] : dialects.filter(engine => engine !== here)
    const others = elsewhere.filter(engine => runsOn(plotOf(casting), engine))
    const doors = new StageDoors((engine, use) => {
      const there = { ...flags, engine: dialects.find(known => known === engine) ?? here }
      return withDemoStage(casting, there, context, stop, () => {}, use)
    })
    try {
      const stageOn = async (engine: string) => (engine === here ? first : doors.at(engine))
      const { demo, variant, isolation } = casting
      const player = await openPlayer({ demo, engines: [here, ...others], stageOn, telling: { engine: here, variant, isolation } })
      await showDemo({ player, stream, stdin, env, large: flags.large ?? false, signal: stop.control.drain })
    } finally {
      await doors.close()
    }
  })
}
