import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from '../database/contract.js'
import { exitCodes, OltpError } from '../errors.js'
import type { Dialect } from '../scenario/model.js'
import { type Daemon, startDaemon } from './daemon.js'
import { type Environment, homeDirectory, makeFolder } from './home.js'
import { initialiseData } from './initialise.js'
import { acquireLock, type Lock } from './lock.js'
import { localMysql } from './mysql.js'
import { embeddedPostgres } from './postgres.js'
import type { OnStep, Product, ServerProgram } from './program.js'
import { claimSlot, listSlots, runningServer, type ServerRecord, type Slot, sweepOrphans } from './slots.js'
import { localTarget } from './target.js'

export type LocalEngine = Dialect

export interface LocalServerOptions {
  /** `mysql` takes a MariaDB where there is no MySQL. */
  readonly engine: LocalEngine
  /** How many sessions will be open at once; a few more are allowed, for a look from outside. */
  readonly maxConnections: number
  readonly onStep?: OnStep
  readonly env?: Environment
  /** Gives up starting; whatever was started is stopped. */
  readonly signal?: AbortSignal
}

export interface LocalServer {
  readonly target: Target
  readonly product: Product
  readonly version: string
  readonly dataDirectory: string
  readonly logFile: string
  /** It ran before, by `oltp server start`, and goes on after `stop`. */
  readonly kept: boolean
  stop(): Promise<void>
}

/** A server of our own for one run: one that is kept running where there is one and nobody uses it, else a new process. @throws OltpError exit 3 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const home = makeFolder(homeDirectory(options.env))
  const maxConnections = options.maxConnections + spareConnections
  return (await borrowKept(home, options, maxConnections)) ?? (await startThrowaway(home, options, maxConnections))
}

/** For an instructor's psql, and our own invariants and monitoring. */
const spareConnections = 10

async function borrowKept(home: string, options: LocalServerOptions, maxConnections: number): Promise<LocalServer | null> {
  for (const { slot, server } of await keptFor(home, options)) {
    if (server.maxConnections < maxConnections) continue
    const use = acquireLock(join(slot.folder, '..', 'locks', `${slot.number}-use`))
    if (use) return describe(slot, server, async () => use.release())
  }
  return null
}

async function startThrowaway(home: string, options: LocalServerOptions, maxConnections: number): Promise<LocalServer> {
  const started = await startInSlot(home, options, maxConnections)
  let stopping: Promise<void> | null = null
  return describe(started.slot, started.daemon.record, () => {
    stopping ??= started.end()
    return stopping
  })
}

export interface StartedSlot {
  readonly slot: Slot
  readonly lock: Lock
  readonly daemon: Daemon
  /** Stops the server and gives the slot back. */
  end(): Promise<void>
}

/** Starts a new server process in the first free slot, after cleaning up what killed runs left. */
export async function startInSlot(home: string, options: LocalServerOptions, maxConnections: number): Promise<StartedSlot> {
  const onStep = options.onStep ?? (() => {})
  await sweepOrphans(home)
  const program = await chooseProgram(home, options, onStep)
  const { slot, lock } = claimSlot(home, program.family)
  const giveBack = () => {
    if (slot.number > 0) rmSync(slot.folder, { recursive: true, force: true })
    lock.release()
  }
  try {
    await initialiseData(program, slot, onStep)
    options.signal?.throwIfAborted()
    onStep(`starting ${program.product} ${program.version}`, null)
    const daemon = await startDaemon(program, slot, maxConnections, options.signal)
    return {
      slot,
      lock,
      daemon,
      async end() {
        await daemon.stop(slot.number > 0 ? program.signals.stopNow : program.signals.stop)
        giveBack()
      },
    }
  } catch (error) {
    giveBack()
    throw error
  }
}

export interface KeptServer {
  readonly slot: Slot
  readonly server: ServerRecord
}

/** Servers that `oltp server start` keeps running; of an engine those of its own product, or else those that stand in for it. */
export function keptServers(home: string, engine: LocalEngine | null): readonly KeptServer[] {
  const kept = listSlots(home).flatMap(slot => {
    const server = runningServer(slot)
    return server?.kept ? [{ slot, server }] : []
  })
  if (engine === null) return kept
  const groups = products[engine].map(product => kept.filter(({ server }) => server.product === product))
  return groups.find(group => group.length > 0) ?? []
}

/** Those that whoever asks for an engine can have: a stand-in only where the product itself is not on this machine. */
export async function keptFor(home: string, options: LocalServerOptions): Promise<readonly KeptServer[]> {
  const kept = keptServers(home, options.engine)
  const [own] = products[options.engine]
  if (kept.every(({ server }) => server.product === own)) return kept
  const program = await chooseProgram(home, options, () => {}).catch(() => null)
  return program?.product === own ? [] : kept
}

/** What an engine is, then what stands in for it. */
const products: { readonly [engine in LocalEngine]: readonly Product[] } = {
  postgres: ['PostgreSQL'],
  mysql: ['MySQL', 'MariaDB'],
  mariadb: ['MariaDB'],
}

function chooseProgram(home: string, options: LocalServerOptions, onStep: OnStep): Promise<ServerProgram> {
  if (process.platform === 'win32') {
    throw new OltpError('NO_LOCAL_SERVER', exitCodes.setup, 'starting a server of our own is not supported on Windows', {
      hint: 'Run inside WSL, or give a server with --url.',
    })
  }
  return options.engine === 'postgres' ? embeddedPostgres(home, onStep) : localMysql(options.engine, options.env ?? process.env)
}

/** The server as its users see it. */
function describe(slot: Slot, server: ServerRecord, stop: () => Promise<void>): LocalServer {
  const { product, version, kept } = server
  const target = localTarget(product, server.port, readFileSync(slot.passwordFile, 'utf8'))
  return { target, product, version, dataDirectory: slot.dataDirectory, logFile: slot.logFile, kept, stop }
}
