import { execa } from 'execa'
import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from '#oltp/database/open.js'
import type { PostgresRecording } from '#oltp/server/stub/recording.js'
import { startStub } from '#oltp/server/stub/stub.js'
import { until } from '../../support/sessions.js'

const empty: PostgresRecording = { engine: 'postgres', parameters: new Uint8Array(), statements: [] }
const options = { namespace: null, settings: {}, statementTimeoutMs: null, protocol: 'prepared', pipeline: false } as const
const stops: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

describe('the process of the stub', () => {
  it('refuses what it has no reply to in words that a session passes on', async () => {
    const stub = await startStub(empty)
    stops.push(stub.stop)
    const database = await openDatabase('postgres')
    await expect(database.connect(stub.target, options)).rejects.toThrow(/the stub has no reply.*set_config/)
  })

  it('ends when it is told to, and only once', async () => {
    const stub = await startStub(empty)
    expect(isRunning(stub.pid)).toBe(true)
    await stub.stop()
    expect(isRunning(stub.pid)).toBe(false)
    await stub.stop()
  })

  it('does not outlive whoever started it', async () => {
    const script = `
      import { startStub } from '#oltp/server/stub/stub.js'
      const stub = await startStub({ engine: 'postgres', parameters: new Uint8Array(), statements: [] })
      process.stdout.write(String(stub.pid), () => process.kill(process.pid, 'SIGKILL'))`
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', script], { reject: false })
    const pid = Number(stdout)
    expect(pid).toBeGreaterThan(0)
    await until(() => !isRunning(pid))
  })

  it('goes on when a Ctrl-C reaches it: the load decides', async () => {
    const stub = await startStub(empty)
    stops.push(stub.stop)
    process.kill(stub.pid, 'SIGINT')
    const database = await openDatabase('postgres')
    await expect(database.connect(stub.target, options)).rejects.toThrow(/the stub has no reply/)
  })
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
