import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Target } from '../../database/contract.js'
import { exitCodes, OltpError } from '../../errors.js'
import type { FromStub, StubUse } from './messages.js'
import type { Recording } from './recording.js'

const patienceMs = 2000

/** A server that has no data: it answers each statement at once with what a real one answered. */
export interface Stub {
  /** Any user, password and database will do. */
  readonly target: Target
  /** Of its process, for whoever wants to bind it to a processor. */
  readonly pid: number
  /** As it last said, twice a second. */
  use(): StubUse
  stop(): Promise<void>
}

/**
 * Starts it on a free port of this machine. It is a process of its own, so that its work is in no figure about the generator.
 *
 * @throws OltpError `STUB_FAILED`
 */
export async function startStub(recording: Recording): Promise<Stub> {
  const child = fork(fileURLToPath(new URL('./process.js', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let use: StubUse = { cpuUs: 0, busiest: 0 }
  child.on('message', (message: FromStub) => {
    if (message.kind === 'use') use = message
  })
  child.send(recording)
  const port = await listening(child)
  return {
    target: stubTarget(recording, port),
    pid: child.pid ?? 0,
    use: () => use,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.disconnect()
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      await gone
      clearTimeout(timer)
    },
  }
}

function listening(child: ChildProcess): Promise<number> {
  let complaint = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-2000)
  })
  return new Promise((resolve, reject) => {
    child.on('message', (message: FromStub) => {
      if (message.kind === 'listening') resolve(message.port)
    })
    child.once('error', reject)
    child.once('exit', code => {
      const hint = complaint.trim() || `exit ${code}`
      reject(new OltpError('STUB_FAILED', exitCodes.setup, 'the stub server did not start', { hint }))
    })
  })
}

function stubTarget({ engine }: Recording, port: number): Target {
  return {
    engine,
    host: '127.0.0.1',
    port,
    socket: null,
    user: 'oltp',
    password: 'any',
    database: engine === 'postgres' ? 'stub' : null,
    tls: { mode: 'disable', ca: null },
    connectTimeoutMs: 10_000,
    applicationName: 'oltp',
  }
}
