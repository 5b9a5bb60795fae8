import type { Command } from 'commander'
import type { CliContext } from '../context.js'
import { addTargetOptions, type TargetOptions } from '../target-options.js'

/** What `oltp clean` was asked for. */
export interface CleanFlags extends TargetOptions {
  readonly dryRun?: boolean
}

/** `oltp clean`: remove all that we created, and nothing else. */
export function registerClean(program: Command, context: CliContext): void {
  const command = program
    .command('clean')
    .summary('remove all that we created')
    .description('Drop the namespace and what our migrations made in it. Refuses when anything in it, or depending on it, is not ours')
    .option('-n, --dry-run', 'only say what would be dropped')
  addTargetOptions(command).action(async (flags: CleanFlags) => {
    const { clean } = await import('../clean.js')
    await clean(flags, context)
  })
}
