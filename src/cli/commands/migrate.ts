import { type Command, InvalidArgumentError, Option } from 'commander'
import { parsePositive } from '../arguments.js'
import type { CliContext } from '../context.js'
import { addTargetOptions, type TargetOptions } from '../target-options.js'

/** What `oltp migrate …` was asked for. */
export interface MigrateFlags extends TargetOptions {
  readonly set?: string
  readonly to?: string
  readonly steps?: number
}

/** `oltp migrate up|down|status`. */
export function registerMigrate(program: Command, context: CliContext): void {
  const migrate = program
    .command('migrate')
    .summary('apply, undo and list migrations')
    .description('Apply, undo and list the migrations of a set or a scenario')
  const add = (name: 'up' | 'down' | 'status', description: string) =>
    migrate
      .command(name)
      .description(description)
      .addOption(new Option('--set <name>', 'a bundled set, or a scenario whose migrations are meant'))

  const up = add('up', 'Apply what is pending')
    .addOption(new Option('--to <number>', 'stop after this one, as in 0002').argParser(parseNumber))
    .addOption(new Option('--steps <n>', 'apply so many').argParser(parsePositive))
  const down = add('down', 'Undo the latest one')
    .addOption(new Option('--to <number>', 'undo all after this one; 0 undoes everything').argParser(parseNumber))
    .addOption(new Option('--steps <n>', 'undo so many').argParser(parsePositive).conflicts('to'))
  const status = add('status', 'Say what is applied, pending, changed or unfinished')

  addTargetOptions(up).action(async (flags: MigrateFlags) => (await import('../migrate.js')).up(flags, context))
  addTargetOptions(down).action(async (flags: MigrateFlags) => (await import('../migrate.js')).down(flags, context))
  addTargetOptions(status).action(async (flags: MigrateFlags) => (await import('../migrate.js')).status(flags, context))
}

function parseNumber(text: string): string {
  if (/^\d{1,4}(_[a-z0-9_]+)?$/.test(text)) return text
  throw new InvalidArgumentError('Write the number of a migration, as in 0002.')
}
