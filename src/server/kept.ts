import { rmSync } from 'node:fs'
import { exitCodes, OltpError } from '../errors.js'
import { homeDirectory, makeFolder } from './home.js'
import { type KeptServer, keptFor, keptServers, type LocalEngine, type LocalServerOptions, startInSlot } from './local.js'
import { clearRecord, lockSlot, writeRecord } from './slots.js'
import { stopProcess } from './stop.js'

/** Starts a server that outlives us, unless one is kept already. @throws OltpError exit 3 where it cannot start, exit 2 where the one there is too small */
export async function keepServer(options: LocalServerOptions): Promise<{ readonly kept: KeptServer; readonly isNew: boolean }> {
  const home = makeFolder(homeDirectory(options.env))
  const [present] = await keptFor(home, options)
  if (present) {
    if (present.server.maxConnections >= options.maxConnections) return { kept: present, isNew: false }
    throw new OltpError(
      'SERVER_TOO_SMALL',
      exitCodes.usage,
      `${present.server.product} ${present.server.version} is running already, with ${present.server.maxConnections} connections at most`,
      { hint: `Run \`oltp server stop --engine ${options.engine}\` first.` },
    )
  }
  const { slot, lock, daemon } = await startInSlot(home, options, options.maxConnections)
  const server = { ...daemon.record, kept: true }
  // In this order: killed in between, we leave a server whose owner is gone, which the next run stops.
  writeRecord(slot, server)
  lock.handOver(daemon.record)
  daemon.detach()
  return { kept: { slot, server }, isNew: true }
}

/** Stops the servers that are kept. Their data stays for the next start. */
export async function stopKept(engine: LocalEngine | null, env: LocalServerOptions['env']): Promise<readonly KeptServer[]> {
  const found = keptServers(homeDirectory(env), engine)
  for (const { slot, server } of found) {
    await stopProcess(server, server.stopSignal)
    const lock = lockSlot(slot)
    if (!lock) continue
    clearRecord(slot)
    if (slot.number > 0) rmSync(slot.folder, { recursive: true, force: true })
    lock.release()
  }
  return found
}
