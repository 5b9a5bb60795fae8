import type { Stage } from '../demo/stage.js'
import { OltpError } from '../errors.js'
import type { LocalEngine } from '../server/local.js'
import type { CliContext } from './context.js'
import { confirmationOf } from './demo-target.js'
import { preparationLines } from './preparation-lines.js'
import type { Stop } from './stop.js'
import { withTarget } from './target-options.js'
import { withStage } from './with-stage.js'

/** Servers to play demos on: those at a URL first, then local ones that are started for it. */
export interface Places {
  readonly urls: readonly string[]
  readonly engines: readonly LocalEngine[]
  readonly namespace: string
  /** Targets off this machine that are meant, each as `--confirm` has it. */
  readonly confirm: readonly string[]
}

/** More than any demo has, with the one that holds the namespace and the one that looks at locks. */
const sessionsOfADemo = 12

/**
 * Opens a stage on every server, lets `use` play on them, and leaves the servers as they were. Without URLs and engines it is the server of
 * `OLTP_URL`, else an embedded PostgreSQL.
 *
 * @throws OltpError `STOPPED`, as `withTarget` and `withStage` do, and what `use` throws
 */
export async function withStages<T>(
  places: Places,
  context: CliContext,
  stop: Stop,
  use: (stages: readonly Stage[]) => Promise<T>,
): Promise<T> {
  const listener = preparationLines(context.stderr)
  const { namespace } = places
  const open = (left: readonly Place[], stages: readonly Stage[]): Promise<T> => {
    const [place, ...rest] = left
    if (place === undefined) return use(stages)
    // An engine that is asked for is a server of our own, whatever the environment says.
    const env = 'engine' in place ? { ...context.env, OLTP_URL: undefined } : context.env
    const needs = { env, listener, maxConnections: sessionsOfADemo, signal: stop.control.drain }
    return withTarget({ ...place, namespace }, needs, ({ target }) => {
      return withStage(target, { namespace, confirm: confirmationOf(target, places.confirm) }, stop, stage =>
        open(rest, [...stages, stage]),
      )
    })
  }
  try {
    return await open(listOf(places), [])
  } catch (error) {
    throw stop.explains(error) ? stoppedEarly(stop, error) : error
  }
}

type Place = { readonly url: string } | { readonly engine: LocalEngine } | Record<string, never>

function listOf({ urls, engines }: Places): readonly Place[] {
  const named = [...urls.map(url => ({ url })), ...engines.map(engine => ({ engine }))]
  return named.length === 0 ? [{}] : named
}

function stoppedEarly(stop: Stop, cause: unknown): OltpError {
  return new OltpError('STOPPED', stop.exitCode, 'stopped before anything was played', {
    hint: 'nothing of it is left on the server; run it again',
    cause,
  })
}
