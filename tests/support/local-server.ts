import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa, type ResultPromise } from 'execa'
import type { Database, Session, Target } from '#oltp/database/contract.js'
import { openDatabase } from '#oltp/database/open.js'
import { makeFolder } from '#oltp/server/home.js'

const holder = fileURLToPath(new URL('./hold-server.js', import.meta.url))
let homes = 0

/** A home of one test's own, with the binaries that all tests share. What is left in it goes when the tests end. */
export function makeHome(): string {
  const run = process.env.OLTP_TEST_RUN
  if (!run) throw new Error('OLTP_TEST_RUN is not set: run the tests through vitest')
  homes += 1
  const home = makeFolder(join(run, 'homes', `${process.pid}-${homes}`))
  symlinkSync(makeFolder(join(run, 'binaries')), join(home, 'binaries'))
  return home
}

/** The environment in which local servers are found: the unpacked ones, in that home. */
export function serverEnvironment(home: string) {
  return { ...process.env, OLTP_HOME: home, OLTP_MYSQLD: process.env.OLTP_TEST_MYSQLD, OLTP_MARIADBD: process.env.OLTP_TEST_MARIADBD }
}

/** What a process that holds a server says of it. */
export interface HeldServer {
  readonly target: Target
  readonly dataDirectory: string
  readonly kept: boolean
  readonly owner: ResultPromise
  readonly pid: number
}

/** Starts a server in another process, which owns it. */
export async function holdServer(
  engine: string,
  home: string,
  how: { readonly script?: string; readonly uid?: number; readonly gid?: number; readonly env?: Record<string, string> } = {},
): Promise<HeldServer> {
  const { script = holder, env, ...identity } = how
  const owner = execa(process.execPath, [script, engine], {
    ...identity,
    env: { ...serverEnvironment(home), ...env },
    cwd: '/',
    stdin: 'pipe',
    reject: false,
  })
  const line = await firstLine(owner)
  const said = JSON.parse(line)
  if (said.code) throw Object.assign(new Error(said.message), said)
  return { ...said, owner, pid: serverPid(said.dataDirectory) }
}

async function firstLine(owner: ResultPromise): Promise<string> {
  if (!owner.stdout) throw new Error('the output of the process is not read')
  for await (const line of createInterface({ input: owner.stdout })) return line
  throw new Error(`the process that was to hold a server ended without a word: ${(await owner).stderr}`)
}

/** The id that the server itself wrote into its data directory. */
export function serverPid(dataDirectory: string): number {
  const file = ['postmaster.pid', 'server.pid'].map(name => join(dataDirectory, name)).find(existsSync)
  if (!file) throw new Error(`no pid file in ${dataDirectory}`)
  return Number.parseInt(readFileSync(file, 'utf8'), 10)
}

/** Runs one statement and gives the rows. */
export function ask(target: Target, sql: string) {
  return withSession(target, async session => (await session.query(sql)).rows)
}

/** What a server is known by, across restarts. */
export function identityOf(target: Target): Promise<string> {
  return withSession(target, async (session, database) => (await database.inspect(session)).serverId)
}

async function withSession<Result>(target: Target, work: (session: Session, database: Database) => Promise<Result>): Promise<Result> {
  const database = await openDatabase(target.engine)
  const session = await database.connect(target, {
    namespace: null,
    settings: {},
    statementTimeoutMs: null,
    protocol: 'extended',
    pipeline: false,
  })
  try {
    return await work(session, database)
  } finally {
    await session.end()
  }
}
