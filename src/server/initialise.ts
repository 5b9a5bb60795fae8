import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { serverFailure } from './failure.js'
import { type Account, runAs } from './home.js'
import type { Command, OnStep, ServerProgram } from './program.js'
import { type Slot, writePassword } from './slots.js'

/** Makes the slot's data directory unless it is there. One that a killed run left half made has another name, and goes. */
export async function initialiseData(program: ServerProgram, slot: Slot, onStep: OnStep): Promise<void> {
  for (const name of readdirSync(slot.folder)) {
    if (name.startsWith('data.new')) rmSync(join(slot.folder, name), { recursive: true, force: true })
  }
  if (existsSync(slot.dataDirectory) && existsSync(slot.passwordFile)) return
  rmSync(slot.dataDirectory, { recursive: true, force: true })
  onStep(`creating a ${program.product} ${program.version} data directory`, null)
  const password = randomBytes(18).toString('base64url')
  const draft = `${slot.dataDirectory}.new-${process.pid}-${Date.now()}`
  const scratch = makePrivateFolder(program.account)
  try {
    mkdirSync(draft, { mode: 0o700 })
    giveTo(program.account, draft)
    const passwordFile = join(scratch, 'password')
    writeFileSync(passwordFile, password, { mode: 0o600 })
    giveTo(program.account, passwordFile)
    for (const command of await program.initialise(draft, passwordFile)) await run(command, program, slot)
    writePassword(slot, password)
    renameSync(draft, slot.dataDirectory)
  } finally {
    rmSync(draft, { recursive: true, force: true })
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** A folder with a short path for a server's socket, which nobody else may enter. */
export function makePrivateFolder(account: Account | null): string {
  // Root's own TMPDIR may be closed to the server's user.
  const folder = mkdtempSync(join(account === null ? tmpdir() : '/tmp', 'oltp-'))
  chmodSync(folder, 0o700)
  giveTo(account, folder)
  return folder
}

/** A server gets a clean environment: nothing of the user's own set-up (PGPORT, MYSQL_TCP_PORT, a locale) leaks in. */
export function serverEnvironment(): { readonly [name: string]: string } {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
}

async function run(command: Command, program: ServerProgram, slot: Slot): Promise<void> {
  const { exitCode, all } = await execa(command.file, command.args, {
    ...runAs(program.account),
    cwd: '/',
    env: serverEnvironment(),
    extendEnv: false,
    ...(command.input === undefined ? { stdin: 'ignore' } : { input: command.input }),
    all: true,
    reject: false,
  })
  if (exitCode !== 0)
    throw serverFailure('SERVER_INIT_FAILED', `${program.product} ${program.version} could not create its data directory`, all, slot.folder)
}

function giveTo(account: Account | null, path: string): void {
  if (account) chownSync(path, account.uid, account.gid)
}
