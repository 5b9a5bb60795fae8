import type { Database, ServerInfo, Session, Target } from '#oltp/database/contract.js'
import { claimExistingNamespace, dropNamespace, type NamespaceRequest, planDrop, releaseNamespace } from '#oltp/database/namespace.js'
import { openDatabase } from '#oltp/database/open.js'
import { parseTarget } from '#oltp/database/url.js'

/** A way to a test server: sessions on demand, ended together. */
export interface Bench {
  readonly database: Database
  readonly target: Target
  readonly serverInfo: ServerInfo
  readonly session: Session
  open(namespace?: string): Promise<Session>
  request(namespace: string, more?: Partial<NamespaceRequest>): NamespaceRequest
  /** Drops the namespace if it is there, as `oltp clean` does. */
  clean(namespace: string): Promise<void>
  close(): Promise<void>
}

export async function openBench(url: string): Promise<Bench> {
  const target = parseTarget(url, {})
  const database = await openDatabase(target.engine)
  const sessions: Session[] = []
  const open = async (namespace: string | null = null) => {
    const session = await database.connect(target, {
      namespace,
      settings: {},
      statementTimeoutMs: 20_000,
      protocol: 'extended',
      pipeline: false,
    })
    sessions.push(session)
    return session
  }
  const session = await open()
  const serverInfo = await database.inspect(session)
  const request = (namespace: string, more: Partial<NamespaceRequest> = {}): NamespaceRequest => ({
    database,
    session,
    target,
    serverInfo,
    namespace,
    confirm: null,
    ...more,
  })
  return {
    database,
    target,
    serverInfo,
    session,
    open,
    request,
    async clean(namespace) {
      const claim = await claimExistingNamespace(request(namespace))
      if (claim === null) return
      await dropNamespace(claim, await planDrop(claim))
      await releaseNamespace(claim)
    },
    async close() {
      for (const each of sessions) await each.end()
    },
  }
}

let count = 0

/** A name that no other test uses. */
export function ownNamespace(purpose: string): string {
  count += 1
  return `t_${purpose}_${process.pid}_${count}`
}
