import { type Command, Option } from 'commander'
import type { ExitCode } from '../../errors.js'
import type { CliContext } from '../context.js'
import type { DemoPlace } from '../demo-target.js'
import { addTargetOptions } from '../target-options.js'
import { addManyDemosOptions, checkManyDemos, type ManyDemosFlags, makeRepeatable } from './demo-matrix-options.js'

/** What `oltp demo` was asked for. */
export interface DemoFlags extends DemoPlace {
  /** Servers beside the one of `url`, to go to on the screen. */
  readonly otherUrls: readonly string[]
  readonly variant?: string
  readonly isolation?: string
  readonly fixes?: boolean
  readonly plain?: boolean
  readonly large?: boolean
  readonly json?: boolean
  readonly output?: string
}

/** As commander hands them over: servers may be several. */
interface GivenFlags extends Omit<DemoFlags, 'url' | 'otherUrls'>, ManyDemosFlags {
  readonly url?: readonly string[]
}

/** `oltp demo [demo]`: an anomaly, stepped through in real sessions. */
export function registerDemo(program: Command, context: CliContext): void {
  const command = program
    .command('demo')
    .summary('step through an anomaly in real sessions')
    .description(
      'Play a demo in real sessions side by side: step by step on a terminal, as a transcript elsewhere; without a name, list them',
    )
    .argument('[demos...]', 'a name from the list, or a file; several with --matrix')
  command
    .optionsGroup('Demo:')
    .addOption(new Option('--variant <name>', 'one of the variants in the file, as a fix').env('OLTP_VARIANT'))
    .addOption(new Option('--isolation <level>', 'the level to play it at (default: as the file says)').env('OLTP_ISOLATION'))
    .option('--fixes', 'off the screen: play each fix as well; with --matrix, as rows of their own')
  addManyDemosOptions(command)
  addTargetOptions(command, 'oltp_demo')
  makeRepeatable(command, 'url', 'confirm')
  command
    .optionsGroup('Output:')
    .option('--plain', 'a transcript, also on a terminal')
    .option('--large', 'on the screen: for the back of a room')
    .option('--json', 'print the result document on stdout, the transcript on stderr; without a name, the list as a document')
    .option('-o, --output <file>', 'write the result document there')
    .addHelpText(
      'after',
      `
Examples:
  oltp demo                                       what there is, and a workshop's running order
  oltp demo lost-update                           on a terminal: space goes on, ? shows the keys
  oltp demo lost-update --url … --url …           on two servers: e goes from one to the other
  oltp demo lost-update --plain --fixes           the story, then each way out
  oltp demo --json                                what there is, as a document
  oltp demo write-skew --isolation serializable --engine mysql
  oltp demo ./mine.yaml --json > result.json
  oltp demo --explore lost-update                 every order of its steps: how many go wrong
  oltp demo --matrix --engines postgres,mysql     what each level really is
  oltp demo --matrix booking --fixes              and at which of them each way out holds
  oltp demo --matrix -o today.html --diff before.json`,
    )
    .action(async (names: readonly string[], given: GivenFlags) => {
      checkManyDemos(command, names)
      context.exitCode = await run(names, given, context)
    })
}

async function run(names: readonly string[], given: GivenFlags, context: CliContext): Promise<ExitCode> {
  if (given.pages !== undefined) return (await import('../demo-pages.js')).demoPages(given.pages, names, given, context)
  if (given.matrix) return (await import('../demo-matrix.js')).demoMatrix(names, given, context)
  const { url: [url, ...otherUrls] = [], ...others } = given
  const flags: DemoFlags = { ...others, otherUrls, ...(url === undefined ? {} : { url }) }
  const [name] = names
  if (given.explore && name !== undefined) return (await import('../demo-explore.js')).demoExplore(name, flags, given.seed, context)
  const { demo, listTheDemos } = await import('../demo.js')
  return name === undefined ? listTheDemos(flags, context) : demo(name, flags, context)
}
