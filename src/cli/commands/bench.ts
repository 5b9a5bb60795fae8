import { type Command, Option } from 'commander'
import { type ExitCode, exitCodes } from '../../errors.js'
import {
  parseDurationMs,
  parseIntervalMs,
  parseLabel,
  parseMilliseconds,
  parsePositive,
  parseRate,
  parseSetting,
  parseTries,
} from '../arguments.js'
import type { CliContext } from '../context.js'
import { addTargetOptions, type TargetOptions } from '../target-options.js'

/** What `oltp bench` was asked for, as commander hands it over. */
export interface BenchFlags extends TargetOptions {
  readonly clients?: number
  readonly threads?: number
  readonly duration?: number
  readonly time?: number
  readonly transactions?: number
  readonly rate?: number
  readonly arrivals?: 'constant' | 'poisson'
  readonly warmup?: number
  readonly latencyLimit?: number
  readonly maxTries?: number
  readonly isolation?: string
  readonly protocol: 'prepared' | 'extended'
  readonly pipeline?: boolean
  readonly calibrate?: boolean
  readonly report?: 'pgbench'
  readonly variant?: string
  readonly set: Record<string, string>
  readonly seed?: number
  readonly threshold: string[]
  readonly label: Record<string, string>
  readonly fresh?: boolean
  readonly strict?: boolean
  readonly json?: boolean
  readonly output?: string
  readonly progress?: number
  readonly tui: boolean
}

/** `oltp bench [scenario]`: load and measure. */
export function registerBench(program: Command, context: CliContext): void {
  const command = program
    .command('bench')
    .summary('load and measure, live')
    .description('Run a scenario against a database and measure it: live on a terminal, plain lines elsewhere')
    .argument('[scenario]', 'a name from `oltp scenarios list`, or a file', 'transfers')

  command
    .optionsGroup('Load:')
    .addOption(
      new Option('-c, --clients <n>', 'concurrent clients, each with a session of its own').env('OLTP_CLIENTS').argParser(parsePositive),
    )
    .addOption(
      new Option('-j, --threads <n>', 'worker threads that share the clients (default: 1)').env('OLTP_THREADS').argParser(parsePositive),
    )
    .addOption(new Option('-d, --duration <time>', 'how long to measure, as in 30s or 2m').env('OLTP_DURATION').argParser(parseDurationMs))
    .addOption(new Option('-T, --time <seconds>', 'the same in seconds, as pgbench has it').argParser(parseDurationMs))
    .addOption(
      new Option('-t, --transactions <n>', 'transactions per client, instead of a duration')
        .env('OLTP_TRANSACTIONS')
        .argParser(parsePositive),
    )
    .addOption(new Option('-R, --rate <tps>', 'open loop: transactions that arrive per second').env('OLTP_RATE').argParser(parseRate))
    .addOption(new Option('--arrivals <how>', 'open loop: how they arrive').choices(['constant', 'poisson']).env('OLTP_ARRIVALS'))
    .addOption(new Option('--warmup <time>', 'unmeasured time before, 0 for none').env('OLTP_WARMUP').argParser(parseDurationMs))
    .addOption(
      new Option('-L, --latency-limit <ms>', 'count commits slower than this; with --rate, skip what is later already')
        .env('OLTP_LATENCY_LIMIT')
        .argParser(parseMilliseconds),
    )
    .addOption(new Option('--max-tries <n>', 'attempts per transaction, 0 for no limit').env('OLTP_MAX_TRIES').argParser(parseTries))
    .addOption(new Option('--isolation <level>', 'isolation level of every transaction').env('OLTP_ISOLATION'))
    .addOption(
      new Option('-M, --protocol <how>', 'statements prepared once, or parsed at every call')
        .choices(['prepared', 'extended'])
        .env('OLTP_PROTOCOL')
        .default('prepared'),
    )
    .option('--pipeline', 'PostgreSQL: BEGIN and COMMIT travel with the statements next to them')
    .option('--calibrate', 'against a stub that answers at once: the most that this generator can do')

  command
    .optionsGroup('Scenario:')
    .addOption(new Option('--variant <name>', 'one of the variants in the file').env('OLTP_VARIANT'))
    .addOption(new Option('--set <name=value>', 'set a parameter; repeatable').argParser(parseSetting).default({}, 'none'))
    .addOption(new Option('--seed <n>', 'seed of every random choice').env('OLTP_SEED').argParser(parsePositive))
    .addOption(
      new Option('--threshold <expression>', "fail when it does not hold, as in 'p95 < 20ms'; repeatable")
        .argParser((value: string, all: string[]) => [...all, value])
        .default([], 'those in the file'),
    )
    .option('--fresh', 'seed again even if the data is clean')

  addTargetOptions(command)

  command
    .optionsGroup('Output:')
    .option('--json', 'print the result document on stdout, the summary on stderr')
    .option('-o, --output <file>', 'write the result document there')
    .addOption(new Option('-P, --progress <seconds>', 'time between plain progress lines').env('OLTP_PROGRESS').argParser(parseIntervalMs))
    .option('--no-tui', 'plain lines, also on a terminal')
    .addOption(new Option('--label <name=value>', 'a label for the result; repeatable').argParser(parseLabel).default({}, 'none'))
    .addOption(new Option('--report <format>', 'print the summary under the names and definitions of another tool').choices(['pgbench']))
    .option('--strict', 'exit 92 unless the measurement is VALID')
    .addHelpText(
      'after',
      `
Examples:
  oltp bench transfers                            an embedded PostgreSQL, nothing to install
  oltp bench transfers --variant naive            lose updates, and be told so
  oltp bench tpcb --set scale=10 -c 8 -T 30       comparable with pgbench -s 10 -c 8 -T 30
  oltp bench hotspot -R 500 -d 30s --threshold 'p95 < 20ms' --json > result.json
  OLTP_URL=postgres://me@db.example/shop oltp bench transfers --confirm me@db.example:5432/shop`,
    )
    .action(async (scenario: string, flags: BenchFlags) => {
      const run = flags.calibrate ? (await import('../calibrate.js')).calibrate : (await import('../bench.js')).bench
      context.exitCode = (await run(scenario, { ...flags, ...settleLength(command, flags) }, context)) satisfies ExitCode
    })
}

const lengths = ['duration', 'time', 'transactions'] as const

/**
 * Of what says how long to run, the one that holds: a flag beats the environment, two of equal rank exclude each other. Commander's own
 * `conflicts` knows no ranks.
 */
function settleLength(command: Command, flags: BenchFlags): Pick<BenchFlags, (typeof lengths)[number]> {
  for (const rank of ['cli', 'env']) {
    const [first, second] = lengths.filter(name => command.getOptionValueSource(name) === rank)
    if (first === undefined) continue
    if (second !== undefined) command.error(`error: ${given(command, first)} cannot be used with ${given(command, second)}`, conflict)
    return { duration: undefined, time: undefined, transactions: undefined, [first]: flags[first] }
  }
  return {}
}

const conflict = { code: 'commander.conflictingOption', exitCode: exitCodes.usage }

function given(command: Command, name: string): string {
  const option = command.options.find(known => known.attributeName() === name)
  return command.getOptionValueSource(name) === 'env' ? `environment variable '${option?.envVar}'` : `option '${option?.flags}'`
}
