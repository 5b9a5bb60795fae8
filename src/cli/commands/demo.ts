import { type Command, Option } from 'commander'
import type { ExitCode } from '../../errors.js'
import type { CliContext } from '../context.js'
import { addTargetOptions, type TargetOptions } from '../target-options.js'

/** What `oltp demo` was asked for. */
export interface DemoFlags extends TargetOptions {
  readonly variant?: string
  readonly isolation?: string
  readonly fixes?: boolean
  readonly plain?: boolean
  readonly large?: boolean
  readonly json?: boolean
  readonly output?: string
}

/** `oltp demo [demo]`: an anomaly, stepped through in real sessions. */
export function registerDemo(program: Command, context: CliContext): void {
  const command = program
    .command('demo')
    .summary('step through an anomaly in real sessions')
    .description(
      'Play a demo in real sessions side by side: step by step on a terminal, as a transcript elsewhere; without a name, list them',
    )
    .argument('[demo]', 'a name from the list, or a file')
  command
    .optionsGroup('Demo:')
    .addOption(new Option('--variant <name>', 'one of the variants in the file, as a fix').env('OLTP_VARIANT'))
    .addOption(new Option('--isolation <level>', 'the level to play it at (default: as the file says)').env('OLTP_ISOLATION'))
    .option('--fixes', 'off the screen: play each fix as well')
  addTargetOptions(command, 'oltp_demo')
  command
    .optionsGroup('Output:')
    .option('--plain', 'a transcript, also on a terminal')
    .option('--large', 'on the screen: for the back of a room')
    .option('--json', 'print the result document on stdout, the transcript on stderr')
    .option('-o, --output <file>', 'write the result document there')
    .addHelpText(
      'after',
      `
Examples:
  oltp demo                                       what there is, and a workshop's running order
  oltp demo lost-update                           on a terminal: space goes on, ? shows the keys
  oltp demo lost-update --plain --fixes           the story, then each way out
  oltp demo write-skew --isolation serializable --engine mysql
  oltp demo ./mine.yaml --json > result.json`,
    )
    .action(async (name: string | undefined, flags: DemoFlags) => {
      const { demo, listOfDemos } = await import('../demo.js')
      if (name === undefined) context.stdout.write(await listOfDemos(context))
      else context.exitCode = (await demo(name, flags, context)) satisfies ExitCode
    })
}
