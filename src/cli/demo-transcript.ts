import { resolve } from 'node:path'
import { type Casting, play } from '../demo/play.js'
import type { DemoResult } from '../demo/result.js'
import { wantsColour } from '../format.js'
import { demoJson } from '../report/demo/json.js'
import { transcribe } from '../report/demo/transcript.js'
import { checkWritable, writeText } from '../report/json.js'
import { runsOn } from '../scenario/runs-on.js'
import type { DemoFlags } from './commands/demo.js'
import type { CliContext } from './context.js'
import { withDemoStage } from './demo-target.js'
import { waysOut } from './demo-text.js'
import { preparationLines } from './preparation-lines.js'
import type { Stop } from './stop.js'

/** The document of `--json`: the telling that was asked for, and with `--fixes` every way out. */
interface DemoDocument extends DemoResult {
  readonly fixes?: readonly DemoResult[]
}

/**
 * Plays it without a screen: the transcript on stdout, or with `--json` the document there and the transcript on stderr.
 *
 * @param called the demo as the user named it, for the commands at the end
 */
export async function playAsTranscript(casting: Casting, called: string, flags: DemoFlags, context: CliContext, stop: Stop): Promise<void> {
  const output = flags.output === undefined ? null : resolve(context.cwd, flags.output)
  if (output !== null) checkWritable(output)
  const stream = flags.json ? context.stderr : context.stdout
  const style = { colour: wantsColour(context.env, stream.isTTY === true), columns: stream.columns ?? 80 }

  const document = await withDemoStage(casting, flags, context, stop, preparationLines(context.stderr), async stage => {
    const tell = async (variant: string | null) => {
      const result = await play(stage, { ...casting, variant }, undefined, stop.control.drain)
      stream.write(`${transcribe(result, casting.demo, style)}\n`)
      return result
    }
    const result: DemoDocument = await tell(casting.variant)
    if (!flags.fixes) return result
    const fixes: DemoResult[] = []
    for (const { name, plot } of casting.demo.variants.filter(({ fix, name }) => fix && name !== casting.variant)) {
      if (runsOn(plot, stage.dialect)) fixes.push(await tell(name))
      else stream.write(`${name}: no way out on ${stage.server.product}\n\n`)
    }
    return { ...result, fixes }
  })
  if (casting.variant === null && !flags.fixes) stream.write(waysOut(casting.demo, called, style.columns))
  const text = `${demoJson(document)}\n`
  if (flags.json) context.stdout.write(text)
  if (output !== null) writeText(text, output)
}
