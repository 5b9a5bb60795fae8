import type { Target } from '../database/contract.js'
import { claimNamespace, releaseNamespace, requireConfirmation } from '../database/namespace.js'
import { describeTarget } from '../database/url.js'
import { Stage } from '../demo/stage.js'
import { withControl } from '../run/control.js'
import type { LocalEngine } from '../server/local.js'
import type { CliContext } from './context.js'
import { preparationLines } from './preparation-lines.js'
import type { Stop } from './stop.js'
import { withTarget } from './target-options.js'

/** Servers to play demos on: those at a URL first, then local ones that are started for it. */
export interface Places {
  readonly urls: readonly string[]
  readonly engines: readonly LocalEngine[]
  readonly namespace: string
  /** Targets off this machine that are meant, each as `--confirm` has it. */
  readonly confirm: readonly string[]
}

/**
 * Opens a stage on every server, lets `use` play on them, and leaves everything as it was: namespaces empty, servers of ours stopped.
 * Without URLs and engines it is the server of `OLTP_URL`, else an embedded PostgreSQL.
 *
 * @throws OltpError as `withTarget`, `claimNamespace` and `Stage.open` do, and what `use` throws
 */
export function withStages<T>(places: Places, context: CliContext, stop: Stop, use: (stages: readonly Stage[]) => Promise<T>): Promise<T> {
  const named = [...places.urls.map(url => ({ url })), ...places.engines.map(engine => ({ engine }))]
  // An engine that is asked for is a server of our own, whatever the environment says.
  const env = places.engines.length === 0 ? context.env : { ...context.env, OLTP_URL: undefined }
  const listener = preparationLines(context.stderr)

  const open = (left: readonly ({ url: string } | { engine: LocalEngine } | object)[], stages: readonly Stage[]): Promise<T> => {
    const [place, ...rest] = left
    if (place === undefined) return use(stages)
    const needs = { env, listener, maxConnections: sessionsOfADemo, signal: stop.control.drain }
    return withTarget({ ...place, namespace: places.namespace }, needs, ({ target }) =>
      withStage(target, places, stop, stage => open(rest, [...stages, stage])),
    )
  }
  return open(named.length === 0 ? [{}] : named, [])
}

/** More than any demo has, with the one that holds the namespace and the one that looks at locks. */
const sessionsOfADemo = 12

function withStage<T>(target: Target, { namespace, confirm }: Places, stop: Stop, use: (stage: Stage) => Promise<T>): Promise<T> {
  const confirmed = confirm.find(name => name === describeTarget(target)) ?? confirm[0] ?? null
  requireConfirmation(target, confirmed)
  return withControl(target, stop.control.now, async ({ database, session, serverInfo }) => {
    const claim = await claimNamespace({ database, session, target, serverInfo, namespace, confirm: confirmed })
    const stage = await Stage.open(target, claim, serverInfo)
    let value: T
    try {
      value = await use(stage)
    } catch (error) {
      // What went wrong is told, not what that led to.
      await stage.close().catch(() => {})
      throw error
    }
    await stage.close()
    await releaseNamespace(claim)
    return value
  })
}
