import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from './home.js'
import { commandLine, identify, isRunning, type ProcessIdentity } from './identity.js'
import { acquireLock, type Lock } from './lock.js'
import type { Product } from './program.js'
import { stopProcess } from './stop.js'

/** What a started server is known by, beside its data directory. */
export interface ServerRecord extends ProcessIdentity {
  readonly product: Product
  readonly version: string
  readonly port: number
  readonly maxConnections: number
  readonly socketDirectory: string
  readonly stopSignal: NodeJS.Signals
  /** Started by `oltp server start`: it outlives the command. */
  readonly kept: boolean
}

/** A place for one server of one family: number 0 is kept between runs, others serve runs at the same time and are removed. */
export interface Slot {
  readonly family: string
  readonly number: number
  readonly folder: string
  readonly dataDirectory: string
  readonly passwordFile: string
  readonly logFile: string
}

function slotAt(home: string, family: string, number: number): Slot {
  const folder = join(home, 'servers', family, String(number))
  return {
    family,
    number,
    folder,
    dataDirectory: join(folder, 'data'),
    passwordFile: join(folder, 'password'),
    logFile: join(folder, 'server.log'),
  }
}

/** All slots that were ever used and are still there. */
export function listSlots(home: string): readonly Slot[] {
  const servers = join(home, 'servers')
  if (!existsSync(servers)) return []
  return readdirSync(servers).flatMap(family =>
    readdirSync(join(servers, family))
      .filter(name => /^\d+$/.test(name))
      .map(name => slotAt(home, family, Number(name))),
  )
}

/** The first slot that nobody uses, locked for this process. */
export function claimSlot(home: string, family: string): { readonly slot: Slot; readonly lock: Lock } {
  makeFolder(join(home, 'servers', family))
  for (let number = 0; ; number += 1) {
    const slot = slotAt(home, family, number)
    const lock = lockSlot(slot)
    if (!lock) continue
    makeFolder(slot.folder)
    return { slot, lock }
  }
}

/** Stops what killed runs left behind: servers whose owner is gone. Slots in use are left alone. */
export async function sweepOrphans(home: string): Promise<void> {
  for (const slot of listSlots(home)) {
    const lock = lockSlot(slot)
    if (!lock) continue
    await stopOrphan(slot)
    if (slot.number > 0) rmSync(slot.folder, { recursive: true, force: true })
    lock.release()
  }
}

function readRecord(slot: Slot): ServerRecord | null {
  try {
    return JSON.parse(readFileSync(recordFile(slot), 'utf8')) as ServerRecord
  } catch {
    return null
  }
}

export function writeRecord(slot: Slot, record: ServerRecord): void {
  writeFileSync(recordFile(slot), JSON.stringify(record), { mode: 0o600 })
}

/** A server of this slot that runs. */
export function runningServer(slot: Slot): ServerRecord | null {
  const record = readRecord(slot)
  return record && isRunning(record) && isServerOf(slot, record.pid) ? record : null
}

/** Forgets a server that has ended. */
export function clearRecord(slot: Slot): void {
  const record = readRecord(slot)
  if (record) rmSync(record.socketDirectory, { recursive: true, force: true })
  rmSync(recordFile(slot), { force: true })
}

/** A private folder, as in 700: the password is in it. */
export function writePassword(slot: Slot, password: string): void {
  writeFileSync(slot.passwordFile, password, { mode: 0o600 })
  chmodSync(slot.passwordFile, 0o600)
}

/** Null while another run, or a kept server, has the slot. */
export function lockSlot(slot: Slot): Lock | null {
  const locks = join(slot.folder, '..', 'locks')
  mkdirSync(locks, { recursive: true })
  return acquireLock(join(locks, String(slot.number)))
}

/** Our record may be missing (killed between the start and writing it): then the server's own pid file tells. */
async function stopOrphan(slot: Slot): Promise<void> {
  const found = runningServer(slot) ?? findByPidFile(slot, 'postmaster.pid', 'SIGINT') ?? findByPidFile(slot, 'server.pid', 'SIGTERM')
  if (found) await stopProcess(found, found.stopSignal)
  clearRecord(slot)
}

function findByPidFile(slot: Slot, name: string, stopSignal: NodeJS.Signals) {
  const file = join(slot.dataDirectory, name)
  if (!existsSync(file)) return null
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10)
  const found = pid > 0 && isServerOf(slot, pid) ? identify(pid) : null
  return found && { ...found, stopSignal }
}

/** Our servers name their data directory among their arguments; nobody else does. */
function isServerOf(slot: Slot, pid: number): boolean {
  return commandLine(pid).includes(slot.dataDirectory)
}

function recordFile(slot: Slot): string {
  return join(slot.folder, 'server.json')
}
