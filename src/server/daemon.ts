import { once } from 'node:events'
import { createWriteStream, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import type { Target } from '../database/contract.js'
import { openDatabase } from '../database/open.js'
import { serverFailure } from './failure.js'
import { runAs } from './home.js'
import { identify, isRunning, type ProcessIdentity } from './identity.js'
import { makePrivateFolder, serverEnvironment } from './initialise.js'
import type { ServerProgram } from './program.js'
import { clearRecord, type ServerRecord, type Slot, writeRecord } from './slots.js'
import { send, stopProcess } from './stop.js'
import { localTarget } from './target.js'

const portAttempts = 5
const pollMs = 20
/** A server that recovers may take long, but writes of it. */
const silenceMs = 60_000

/** A server that we started, and stop. */
export interface Daemon {
  readonly record: ServerRecord
  /** Resolves when the process has ended and is reaped. */
  stop(signal: NodeJS.Signals): Promise<void>
  /** Lets it live on when this process ends. */
  detach(): void
}

/** Starts the server of a slot and waits until it answers. @throws OltpError with the end of its log */
export async function startDaemon(
  program: ServerProgram,
  slot: Slot,
  maxConnections: number,
  signal: AbortSignal | undefined,
): Promise<Daemon> {
  const password = readFileSync(slot.passwordFile, 'utf8')
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const daemon = await launch(program, slot, { port, maxConnections, password })
    const failure = await waitUntilReady(daemon, localTarget(program.product, port, password), slot, signal)
    if (failure === null) return daemon
    await daemon.stop(program.signals.stop)
    signal?.throwIfAborted()
    const log = readFileSync(slot.logFile, 'utf8')
    if (attempt < portAttempts && /address already in use/i.test(log)) continue
    throw serverFailure('SERVER_START_FAILED', `${program.product} ${program.version} ${failure}`, log, slot.logFile)
  }
}

async function launch(
  program: ServerProgram,
  slot: Slot,
  how: { port: number; maxConnections: number; password: string },
): Promise<Daemon> {
  const socketDirectory = makePrivateFolder(program.account)
  const command = program.prepareStart({ dataDirectory: slot.dataDirectory, socketDirectory, ...how })
  const log = createWriteStream(slot.logFile, { mode: 0o600 })
  await once(log, 'open')
  // In a session of its own: Ctrl-C in the terminal is ours to handle, the server goes on until the clients are done.
  const child = execa(command.file, command.args, {
    ...runAs(program.account),
    cwd: '/',
    env: serverEnvironment(),
    extendEnv: false,
    stdio: ['ignore', log, log],
    detached: true,
    cleanup: false,
    reject: false,
  })
  log.destroy()
  const identity: ProcessIdentity = (child.pid === undefined ? null : identify(child.pid)) ?? { pid: child.pid ?? -1, start: 'never' }
  const record: ServerRecord = {
    ...identity,
    product: program.product,
    version: program.version,
    port: how.port,
    maxConnections: how.maxConnections,
    socketDirectory,
    stopSignal: program.signals.stop,
    kept: false,
  }
  writeRecord(slot, record)
  const stopAtExit = () => send(identity, program.signals.stop)
  process.on('exit', stopAtExit)
  return {
    record,
    async stop(signal) {
      await stopProcess(identity, signal)
      await child
      process.off('exit', stopAtExit)
      clearRecord(slot)
    },
    detach() {
      process.off('exit', stopAtExit)
      child.unref()
    },
  }
}

/** Null once it accepts connections, else what went wrong. */
async function waitUntilReady(daemon: Daemon, target: Target, slot: Slot, signal: AbortSignal | undefined): Promise<string | null> {
  const database = await openDatabase(target.engine)
  let lastSign = { at: Date.now(), logSize: 0 }
  while (!signal?.aborted) {
    try {
      const session = await database.connect(target, {
        namespace: null,
        settings: {},
        statementTimeoutMs: null,
        protocol: 'extended',
        pipeline: false,
      })
      await session.end()
      return null
    } catch (error) {
      if (!isRunning(daemon.record)) return 'stopped while starting'
      const logSize = statSync(slot.logFile).size
      if (logSize !== lastSign.logSize) lastSign = { at: Date.now(), logSize }
      else if (Date.now() - lastSign.at > silenceMs) return `does not answer: ${error instanceof Error ? error.message : String(error)}`
      await sleep(pollMs)
    }
  }
  return 'was not waited for'
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('a listening socket has no port')
  return address.port
}
