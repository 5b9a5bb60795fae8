import { Command, CommanderError } from 'commander'
import { exitCodes, OltpError } from '../errors.js'
import { wantsColour } from '../format.js'
import { registerBench } from './commands/bench.js'
import { registerClean } from './commands/clean.js'
import { registerDemo } from './commands/demo.js'
import { registerMigrate } from './commands/migrate.js'
import { registerPrepare } from './commands/prepare.js'
import { registerScenarios } from './commands/scenarios.js'
import { registerServer } from './commands/server.js'
import type { CliContext } from './context.js'
import { packageVersion } from './package-version.js'
import { passwordBlotter } from './passwords.js'
import { formatProblem } from './problems.js'

/** Runs one command line. Never throws: what went wrong is on stderr, and in `context.exitCode`. */
export async function main(context: CliContext): Promise<void> {
  const program = createProgram(context)
  try {
    if (context.argv.length === 0) {
      context.stderr.write(program.helpInformation())
      context.exitCode = exitCodes.usage
      return
    }
    await program.parseAsync([...context.argv], { from: 'user' })
  } catch (error) {
    context.exitCode = report(error, context)
  }
}

/** The context of a real process. */
export function processContext(): CliContext {
  const handled: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
  return {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    exitCode: exitCodes.ok,
    onSignal(handler) {
      for (const signal of handled) process.on(signal, handler)
      return () => {
        for (const signal of handled) process.off(signal, handler)
      }
    },
  }
}

function createProgram(context: CliContext): Command {
  const program = new Command('oltp')
    .description('A workbench that shows what a database really does under concurrent transactions')
    .version(packageVersion, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .addHelpText(
      'after',
      `
Examples:
  oltp bench transfers                     set everything up, run, watch it live
  oltp bench transfers --variant naive     see the money go missing
  oltp bench hotspot --engine mysql -c 32 -d 30s
  oltp demo lost-update                    step through an anomaly, side by side
  oltp scenarios list

Exit codes:
  0 fine · 1 a bug of ours · 2 usage or scenario error · 3 cannot connect or set up
  4 the run broke (invariant, expect, client lost) · 5 refused for safety
  92 not valid (with --strict) · 99 threshold failed · 130/143 stopped by a signal`,
    )
  registerBench(program, context)
  registerDemo(program, context)
  registerPrepare(program, context)
  registerClean(program, context)
  registerScenarios(program, context)
  registerMigrate(program, context)
  registerServer(program, context)
  const blot = passwordBlotter(context)
  for (const command of [program, ...descendants(program)]) {
    command
      .exitOverride()
      .configureOutput({ writeOut: text => context.stdout.write(text), writeErr: text => context.stderr.write(blot(text)) })
      .showHelpAfterError(`help: run \`${pathOf(command)} --help\` for what it takes`)
  }
  return program
}

function descendants(command: Command): Command[] {
  return command.commands.flatMap(child => [child, ...descendants(child)])
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

function report(error: unknown, context: CliContext) {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  const blot = passwordBlotter(context)
  if (error instanceof OltpError) {
    const colour = wantsColour(context.env, context.stderr.isTTY === true)
    const problems = error.problems.length > 0 ? error.problems : [{ message: error.message, ...(error.hint ? { hint: error.hint } : {}) }]
    context.stderr.write(`${blot(problems.map(problem => formatProblem(problem, colour)).join('\n\n'))}\n`)
    return error.exitCode
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  context.stderr.write(
    `error: this is a bug in oltp ${packageVersion}\n${blot(text)}\nhelp: please report it, with the command line that you gave\n`,
  )
  return exitCodes.bug
}
