import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { readKernelFile } from '#oltp/engine/host.js'
import { currentThread, runQueueMs } from '#oltp/engine/run-queue.js'

describe('the wait for a processor', () => {
  it('is the second number of what the kernel counts of a thread', () => {
    const files: Record<string, string> = { '/proc/self/task/7/schedstat': '5000000 2500000 12\n' }
    const read = (path: string) => files[path] ?? null
    expect(runQueueMs(7, read)).toBe(2.5)
    expect(runQueueMs(8, read)).toBeNull()
    files['/proc/self/task/7/schedstat'] = 'other'
    expect(runQueueMs(7, read)).toBeNull()
  })

  it.runIf(process.platform === 'linux')('grows while busy neighbours have the processors', async () => {
    const thread = currentThread()
    expect(thread).toBeGreaterThan(0)
    const before = runQueueMs(thread, readKernelFile)
    const neighbours = Array.from({ length: 2 * availableParallelism() }, () =>
      spawn(process.execPath, ['-e', "process.stdout.write('.'); for (;;);"], { stdio: ['ignore', 'pipe', 'ignore'] }),
    )
    try {
      await Promise.all(neighbours.map(({ stdout }) => new Promise(resolve => stdout.once('data', resolve))))
      let waited: number | null = 0
      for (let turns = 0; turns < 1e6 && (waited ?? 1) < 20; turns++) {
        for (let work = 0; work < 1e6; work++);
        const now = runQueueMs(thread, readKernelFile)
        waited = now === null || before === null ? null : now - before
      }
      expect(waited).toBeGreaterThanOrEqual(20)
    } finally {
      for (const neighbour of neighbours) neighbour.kill('SIGKILL')
    }
  })
})
