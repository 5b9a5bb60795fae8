import type { Target } from '../database/contract.js'
import {
  claimNamespace,
  dropNamespace,
  type NamespaceClaim,
  planDrop,
  releaseNamespace,
  requireConfirmation,
} from '../database/namespace.js'
import { Stage } from '../demo/stage.js'
import { withControl } from '../run/control.js'
import type { Stop } from './stop.js'

/**
 * Opens a stage on a server, lets `use` play on it, and leaves the server as it was, also when `use` was stopped: a namespace that was
 * made for this is dropped, one that was there is emptied. A second stop cuts even that short; `oltp clean` does it later.
 *
 * @throws OltpError as `claimNamespace` and `Stage.open` do, and what `use` throws
 */
export async function withStage<T>(
  target: Target,
  { namespace, confirm }: { readonly namespace: string; readonly confirm: string | null },
  stop: Stop,
  use: (stage: Stage) => Promise<T>,
): Promise<T> {
  requireConfirmation(target, confirm)
  return withControl(target, stop.control.now, async ({ database, session, serverInfo }) => {
    stop.control.drain.throwIfAborted()
    const claim = await claimNamespace({ database, session, target, serverInfo, namespace, confirm })
    let stage: Stage | null = null
    let value: T
    try {
      stage = await Stage.open(target, claim, serverInfo)
      value = await use(stage)
    } catch (error) {
      // What went wrong is told, not what that led to.
      await leave(claim, stage).catch(() => {})
      throw error
    }
    await leave(claim, stage)
    return value
  })
}

async function leave(claim: NamespaceClaim, stage: Stage | null): Promise<void> {
  await stage?.close()
  if (!claim.session.alive) return
  if (claim.created) await dropNamespace(claim, await planDrop(claim))
  await releaseNamespace(claim)
}
