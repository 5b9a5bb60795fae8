import { type Command, Option } from 'commander'
import type { Target } from '../database/contract.js'
import { checkNamespaceName } from '../database/namespace.js'
import { engineOf } from '../database/open.js'
import { parseTarget, passwordWarning } from '../database/url.js'
import { exitCodes, OltpError } from '../errors.js'
import type { RunListener } from '../run/events.js'
import { requirePipelining } from '../run/pipelining.js'
import { preparationStep } from '../run/progress.js'
import { dialects } from '../scenario/model.js'
import type { LocalEngine } from '../server/local.js'

/** The options of every command that goes to a database. */
export interface TargetOptions {
  readonly url?: string
  readonly engine?: LocalEngine
  readonly namespace: string
  readonly confirm?: string
  /** Refused where the engine cannot, before a server is started or spoken to. */
  readonly pipeline?: boolean
}

/** Where a command is to work. */
export interface ChosenTarget {
  readonly target: Target
  /** A local server that we started, or keep running. */
  readonly throwaway: boolean
}

export interface TargetNeeds {
  readonly env: { readonly [name: string]: string | undefined }
  readonly listener: RunListener
  /** Sessions open at once, for a server that we start. */
  readonly maxConnections: number
  /** Gives up starting a server. */
  readonly signal?: AbortSignal
}

/** Adds `--url`, `--engine`, `--namespace` and `--confirm`. */
export function addTargetOptions(command: Command, namespace = 'oltp'): Command {
  return command
    .optionsGroup('Database:')
    .addOption(new Option('--url <url>', 'a server, as in postgres://user@host/database or mysql://user@host (also OLTP_URL)'))
    .addOption(
      new Option('--engine <engine>', 'without a URL: the local server to start (default: postgres)').choices(dialects).env('OLTP_ENGINE'),
    )
    .addOption(new Option('--namespace <name>', 'schema or database of ours to write in').env('OLTP_NAMESPACE').default(namespace))
    .addOption(new Option('--confirm <target>', 'off this machine: the target once more, as user@host:port/database'))
}

/**
 * Finds the target (`--url`, else `OLTP_URL`, else a local server of `--engine`), and lets `use` work with it; a server that was
 * started for this is stopped afterwards, whatever happened.
 *
 * @throws OltpError for a URL, a name or an engine that does not fit, a server that cannot be had; and what `use` throws
 */
export async function withTarget<T>(options: TargetOptions, needs: TargetNeeds, use: (chosen: ChosenTarget) => Promise<T>): Promise<T> {
  const { env, listener, maxConnections, signal } = needs
  checkNamespaceName(options.namespace)
  const url = options.url ?? (env.OLTP_URL || undefined)
  if (url !== undefined) {
    const warning = options.url === undefined ? null : passwordWarning(options.url)
    if (warning !== null) listener({ kind: 'notice', level: 'warning', t_s: null, text: warning })
    const target = checkEngine(parseTarget(url, env), options, env)
    if (options.pipeline) await requirePipelining(target.engine)
    return use({ target, throwaway: false })
  }
  const { startLocalServer } = await import('../server/local.js')
  const engine = options.engine ?? 'postgres'
  if (options.pipeline) await requirePipelining(engineOf[engine])
  const { server } = await preparationStep(listener, 'server', `${engine} server`, async update => {
    const started = await startLocalServer({ engine, maxConnections, env, onStep: update, ...(signal ? { signal } : {}) })
    return { server: started, detail: `${started.product} ${started.version}${started.kept ? ', kept running' : ''}` }
  })
  try {
    return await use({ target: server.target, throwaway: true })
  } finally {
    await server.stop()
  }
}

// `--url` given with `--engine` of the other kind is a mistake; an engine or a URL from the environment just loses.
function checkEngine(target: Target, options: TargetOptions, env: TargetNeeds['env']): Target {
  const asked = options.engine === undefined || options.engine === env.OLTP_ENGINE ? null : options.engine
  if (asked === null || engineOf[asked] === target.engine) return target
  throw new OltpError('ENGINE_MISMATCH', exitCodes.usage, `--engine ${asked} does not fit the URL, which is one of ${target.engine}`, {
    hint:
      options.url === undefined ? 'the URL comes from OLTP_URL: unset it to start a local server' : 'leave --engine out: the URL says it',
  })
}
