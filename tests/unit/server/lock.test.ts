import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, describe, expect, test } from 'vitest'
import { identify, isRunning, ownIdentity } from '#oltp/server/identity.js'
import { acquireLock } from '#oltp/server/lock.js'

const folder = mkdtempSync(join(tmpdir(), 'oltp-lock-'))
afterAll(() => rmSync(folder, { recursive: true }))

const lockModule = import.meta.resolve('#oltp/server/lock.js')

describe('a process is known by its id and the time of its start', () => {
  test('its own', () => {
    expect(isRunning(ownIdentity())).toBe(true)
    expect(ownIdentity().pid).toBe(process.pid)
  })

  test('another start under the same id is somebody else', () => {
    expect(isRunning({ ...ownIdentity(), start: 'long ago' })).toBe(false)
  })

  test('one that has ended is nobody, also while nobody has reaped it', async () => {
    const child = execa('sleep', ['60'], { reject: false })
    const identity = identify(child.pid ?? 0)
    expect(identity).not.toBeNull()
    child.kill('SIGKILL')
    // A loop without a turn of the event loop: Node cannot reap the child meanwhile.
    while (identity && isRunning(identity));
    expect(identify(child.pid ?? 0)).toBeNull()
    await child
  })
})

describe('a lock', () => {
  test('is for one at a time', () => {
    const path = join(folder, 'one')
    const lock = acquireLock(path)
    expect(lock).not.toBeNull()
    expect(acquireLock(path)).toBeNull()
    lock?.release()
    const again = acquireLock(path)
    expect(again).not.toBeNull()
    again?.release()
  })

  test('is not confused with one whose name begins alike', () => {
    const one = acquireLock(join(folder, '1'))
    const other = acquireLock(join(folder, '1-use'))
    expect(one && other).not.toBeNull()
    expect(acquireLock(join(folder, '1'))).toBeNull()
  })

  test('ends with its owner', () => {
    const path = join(folder, 'dead')
    writeFileSync(`${path}.41`, JSON.stringify({ pid: process.pid, start: 'before this process' }))
    expect(acquireLock(path)).not.toBeNull()
    expect(acquireLock(path)).toBeNull()
  })

  test('lives as long as the process that it was handed to', async () => {
    const path = join(folder, 'handed')
    const child = execa('sleep', ['60'], { reject: false })
    const heir = identify(child.pid ?? 0)
    if (!heir) throw new Error('sleep did not start')
    acquireLock(path)?.handOver(heir)
    expect(acquireLock(path)).toBeNull()
    child.kill()
    await child
    expect(acquireLock(path)).not.toBeNull()
  })

  test('of a dead owner goes to one only, however many want it', async () => {
    const path = join(folder, 'contended')
    writeFileSync(`${path}.7`, JSON.stringify({ pid: 1, start: 'never' }))
    const contend = `
      const { acquireLock } = await import(${JSON.stringify(lockModule)})
      let taken = 0
      for (let round = 0; round < 50; round += 1) {
        const lock = acquireLock(${JSON.stringify(path)})
        if (!lock) continue
        const { mkdirSync, rmdirSync } = await import('node:fs')
        mkdirSync(${JSON.stringify(`${path}-inside`)})
        rmdirSync(${JSON.stringify(`${path}-inside`)})
        lock.release()
        taken += 1
      }
      console.log(taken)`
    const contenders = await Promise.all([1, 2, 3, 4].map(() => execa(process.execPath, ['--input-type=module', '-e', contend])))
    // Two inside at once would have failed on the folder.
    expect(contenders.reduce((sum, { stdout }) => sum + Number(stdout), 0)).toBeGreaterThan(0)
  })
})
