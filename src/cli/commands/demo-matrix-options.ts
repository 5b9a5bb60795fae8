import { type Command, InvalidArgumentError, Option } from 'commander'
import { exitCodes } from '../../errors.js'
import { readIsolation } from '../../scenario/isolation.js'
import { dialects, type Isolation } from '../../scenario/model.js'
import type { LocalEngine } from '../../server/local.js'
import { parseTries } from '../arguments.js'

/** What `oltp demo` was asked for beside playing one demo. */
export interface ManyDemosFlags {
  readonly matrix?: boolean
  readonly explore?: boolean
  readonly pages?: string
  readonly all?: boolean
  readonly engines?: readonly LocalEngine[]
  readonly levels?: readonly Isolation[]
  readonly format?: MatrixFormat
  readonly diff?: string
  readonly seed: number
}

const matrixFormats = ['text', 'markdown', 'json', 'html'] as const
export type MatrixFormat = (typeof matrixFormats)[number]

/** Adds `--matrix`, `--explore` and what goes with them. */
export function addManyDemosOptions(command: Command): void {
  command
    .optionsGroup('Many at once:')
    .option('--matrix', 'every demo at every level: the core ones, or those that are named')
    .option('--all', 'with --matrix: every demo that ships')
    .addOption(
      new Option('--engines <list>', 'with --matrix or --pages: local servers to start, as in postgres,mysql,mariadb').argParser(
        parseEngines,
      ),
    )
    .addOption(
      new Option('--levels <list>', "with --matrix: these levels alone, as in 'read committed,serializable'").argParser(parseLevels),
    )
    .addOption(new Option('--format <format>', 'with --matrix: as text, or as the name of the file ends').choices(matrixFormats))
    .option('--diff <file>', 'with --matrix: an earlier one, in JSON; says what changed since')
    .addOption(new Option('--pages <folder>', 'write a Markdown page for each demo, from its file and real runs'))
    .option('--explore', 'every order of the steps of one demo, and how many go wrong')
    .addOption(new Option('--seed <n>', 'with --explore: of the sample, where there are too many orders').argParser(parseTries).default(1))
}

/** What does not go together is a mistake, not a wish to be guessed. */
export function checkManyDemos(command: Command, names: readonly string[]): void {
  const given = (name: string) => command.getOptionValueSource(name) === 'cli'
  const refuse = (text: string) => command.error(`error: ${text}`, { code: 'commander.conflictingOption', exitCode: exitCodes.usage })
  if (given('matrix') && given('explore')) refuse("option '--matrix' cannot be used with option '--explore'")
  if (given('pages') && (given('matrix') || given('explore'))) refuse("option '--pages' stands alone")
  if (!given('matrix')) {
    const alone = given('pages') ? ['all', 'levels', 'format', 'diff'] : ['all', 'engines', 'levels', 'format', 'diff']
    for (const name of alone) if (given(name)) refuse(`option '--${name}' goes with '--matrix'`)
    if (names.length > 1 && !given('pages')) refuse('one demo at a time, unless it is with --matrix')
  }
  if (given('explore') && names.length === 0) refuse("option '--explore' needs the name of a demo")
  if (given('seed') && !given('explore')) refuse("option '--seed' goes with '--explore'")
  for (const name of given('matrix') ? ['variant', 'plain', 'large'] : given('explore') ? ['fixes', 'plain', 'large'] : [])
    if (given(name)) refuse(`option '--${name}' cannot be used with option '--${given('matrix') ? 'matrix' : 'explore'}'`)
}

/** Lets an option that is already there be given again and again; its values are gathered. */
export function makeRepeatable(command: Command, ...names: readonly string[]): void {
  for (const option of command.options.filter(one => names.includes(one.attributeName()))) {
    option.description += '; on the screen and with --matrix repeatable'
    option.argParser((value: string, all: readonly string[] = []) => [...all, value])
  }
}

function parseEngines(text: string): readonly LocalEngine[] {
  return words(text).map(word => {
    const engine = dialects.find(name => name === word.toLowerCase())
    if (engine === undefined) throw new InvalidArgumentError(`Write a list of ${dialects.join(', ')}.`)
    return engine
  })
}

function parseLevels(text: string): readonly Isolation[] {
  return words(text).map(readIsolation)
}

function words(text: string): readonly string[] {
  return [...new Set(text.split(',').map(word => word.trim()))].filter(word => word !== '')
}
