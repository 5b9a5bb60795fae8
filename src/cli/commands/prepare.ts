import { type Command, Option } from 'commander'
import { parsePositive, parseSetting } from '../arguments.js'
import type { CliContext } from '../context.js'
import { addTargetOptions, type TargetOptions } from '../target-options.js'

/** What `oltp prepare` was asked for. */
export interface PrepareFlags extends TargetOptions {
  readonly variant?: string
  readonly set: Record<string, string>
  readonly seed?: number
  readonly fresh?: boolean
}

/** `oltp prepare [scenario]`: migrate and seed, with the rights that needs. */
export function registerPrepare(program: Command, context: CliContext): void {
  const command = program
    .command('prepare')
    .summary('migrate and seed, nothing else')
    .description('Make the namespace, migrate and seed: a `bench` after it needs only the right to read and write rows')
    .argument('[scenario]', 'a name from `oltp scenarios list`, or a file', 'transfers')
  command
    .optionsGroup('Scenario:')
    .addOption(new Option('--variant <name>', 'one of the variants in the file').env('OLTP_VARIANT'))
    .addOption(new Option('--set <name=value>', 'set a parameter; repeatable').argParser(parseSetting).default({}, 'none'))
    .addOption(new Option('--seed <n>', 'seed of every random choice').env('OLTP_SEED').argParser(parsePositive))
    .option('--fresh', 'seed again even if the data is clean')
  addTargetOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  oltp prepare tpcb --set scale=10 --url postgres://owner@db.example/bench --confirm owner@db.example:5432/bench
  oltp prepare transfers --fresh`,
    )
    .action(async (scenario: string, flags: PrepareFlags) => {
      const { prepare } = await import('../prepare.js')
      await prepare(scenario, flags, context)
    })
}
