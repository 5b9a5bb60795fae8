import type { Command } from 'commander'
import type { CliContext } from '../context.js'

/** `oltp scenarios list|show|check|new|schema`; none of them needs a database. */
export function registerScenarios(program: Command, context: CliContext): void {
  const scenarios = program
    .command('scenarios')
    .summary('list, show, check and write scenarios')
    .description('List, show, check and write scenarios; no database is needed')

  scenarios
    .command('list')
    .description('The scenarios that ship, with their variants')
    .action(async () => (await import('../scenarios.js')).list(context))
  scenarios
    .command('show')
    .description('What a scenario does, and what it can be told')
    .argument('<scenario>', 'a name from the list, or a file')
    .action(async (scenario: string) => (await import('../scenarios.js')).show(scenario, context))
  scenarios
    .command('check')
    .description('Check scenario and demo files and report everything that is wrong with them')
    .argument('<files...>', 'files, or names from the list')
    .action(async (files: string[]) => (await import('../scenarios.js')).check(files, context))
  scenarios
    .command('new')
    .description('Write NAME.yaml and its tables into this folder: a small scenario that runs as it is')
    .argument('<name>', 'letters, digits, - and _')
    .action(async (name: string) => (await import('../scenarios.js')).create(name, context))
  scenarios
    .command('schema')
    .description('Print the JSON Schema of scenario files, for editors')
    .option('--demo', 'that of demo files')
    .action(async ({ demo = false }: { demo?: boolean }) => (await import('../scenarios.js')).schema(context, demo))

  scenarios.addHelpText(
    'after',
    `
Examples:
  oltp scenarios show transfers
  oltp scenarios new checkout                     writes checkout.yaml and checkout/
  oltp scenarios check checkout.yaml
  oltp scenarios schema > scenario.schema.json`,
  )
}
