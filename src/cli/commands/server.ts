import { type Command, Option } from 'commander'
import { exitCodes } from '../../errors.js'
import { dialects } from '../../scenario/model.js'
import type { KeptServer, LocalEngine } from '../../server/local.js'
import { connecting } from '../../server/target.js'
import { parsePositive } from '../arguments.js'
import type { CliContext } from '../context.js'

interface StartFlags {
  readonly engine: LocalEngine
  readonly maxConnections: number
}

interface SelectFlags {
  readonly engine?: LocalEngine
}

/** `oltp server start|stop|status`: a local server that stays up between runs. */
export function registerServer(program: Command, context: CliContext): void {
  const server = program
    .command('server')
    .summary('keep a local server running between runs')
    .description('Keep a local server running between runs: `oltp bench` uses it. Without one, every run starts and stops its own')

  server
    .command('start')
    .description('Start a server, unless one is running, and say how to connect')
    .addOption(engineOption('which server').default('postgres').env('OLTP_ENGINE'))
    .addOption(new Option('--max-connections <n>', 'sessions that it accepts').argParser(parsePositive).default(500))
    .action((flags: StartFlags) => start(flags, context))

  server
    .command('stop')
    .description('Stop what `oltp server start` started; the data stays for the next start')
    .addOption(engineOption('only this one (default: all)'))
    .action((flags: SelectFlags) => stop(flags, context))

  server
    .command('status')
    .description('Show which servers are kept running')
    .addOption(engineOption('only this one (default: all)'))
    .action((flags: SelectFlags) => status(flags, context))
}

function engineOption(description: string): Option {
  return new Option('--engine <engine>', description).choices(dialects)
}

async function start(flags: StartFlags, context: CliContext): Promise<void> {
  const { keepServer } = await import('../../server/kept.js')
  const giveUp = new AbortController()
  const release = context.onSignal(() => giveUp.abort())
  let shown = ''
  const onStep = (detail: string) => {
    if (detail !== shown) context.stderr.write(`${detail} …\n`)
    shown = detail
  }
  try {
    const { kept, isNew } = await keepServer({ ...flags, env: context.env, onStep, signal: giveUp.signal })
    context.stdout.write(
      `${describe(kept, isNew ? 'is running' : 'is running already')}\n\nIt stays until \`oltp server stop\`; \`oltp bench\` uses it.\n`,
    )
  } catch (error) {
    if (!giveUp.signal.aborted) throw error
    context.stderr.write('stopped: the server was not started\n')
    context.exitCode = exitCodes.interrupted
  } finally {
    release()
  }
}

async function stop(flags: SelectFlags, context: CliContext): Promise<void> {
  const { stopKept } = await import('../../server/kept.js')
  const stopped = await stopKept(flags.engine ?? null, context.env)
  for (const { server } of stopped) context.stdout.write(`stopped ${server.product} ${server.version} on port ${server.port}\n`)
  if (stopped.length === 0) context.stdout.write('no server is kept running\n')
}

async function status(flags: SelectFlags, context: CliContext): Promise<void> {
  const { keptServers } = await import('../../server/local.js')
  const { homeDirectory } = await import('../../server/home.js')
  const kept = keptServers(homeDirectory(context.env), flags.engine ?? null)
  const text = kept.map(found => describe(found, 'is running')).join('\n\n')
  context.stdout.write(text ? `${text}\n` : 'no server is kept running; `oltp server start` starts one\n')
}

/** The password stays in its file: what is printed ends up in logs. */
function describe({ slot, server }: KeptServer, state: string): string {
  const { url, command } = connecting(server.product, server.port, slot.passwordFile)
  return [
    `${server.product} ${server.version} ${state}, pid ${server.pid}, up to ${server.maxConnections} connections`,
    `  url       ${url}`,
    `  password  in ${slot.passwordFile}`,
    `  connect   ${command}`,
    `  log       ${slot.logFile}`,
  ].join('\n')
}
