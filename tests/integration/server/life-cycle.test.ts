import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { identify } from '#oltp/server/identity.js'
import { startLocalServer } from '#oltp/server/local.js'
import { ask, holdServer, identityOf, makeHome, serverEnvironment, serverPid } from '../../support/local-server.js'

const databases = {
  postgres: {
    product: 'PostgreSQL',
    create: 'CREATE TABLE kept (n INT)',
    insert: 'INSERT INTO kept VALUES (7)',
    read: 'SELECT n FROM kept',
  },
  mysql: {
    product: 'MySQL',
    create: 'CREATE TABLE mysql.kept (n INT)',
    insert: 'INSERT INTO mysql.kept VALUES (7)',
    read: 'SELECT n FROM mysql.kept',
  },
  mariadb: {
    product: 'MariaDB',
    create: 'CREATE TABLE mysql.kept (n INT) ENGINE=InnoDB',
    insert: 'INSERT INTO mysql.kept VALUES (7)',
    read: 'SELECT n FROM mysql.kept',
  },
} as const

for (const engine of ['postgres', 'mysql', 'mariadb'] as const) {
  describe(engine, () => {
    const home = makeHome()
    const { product, create, insert, read } = databases[engine]
    let identity = ''
    const start = (onStep?: (detail: string) => void) =>
      startLocalServer({ engine, maxConnections: 20, env: serverEnvironment(home), ...(onStep ? { onStep } : {}) })

    test('starts, is durable, accepts enough connections, and is gone after stop', async () => {
      const steps: string[] = []
      const server = await start(detail => steps.push(detail))
      const pid = serverPid(server.dataDirectory)
      try {
        expect(server).toMatchObject({ product, kept: false })
        expect(steps).toContain(`creating a ${product} ${server.version} data directory`)
        expect(steps.at(-1)).toBe(`starting ${product} ${server.version}`)
        if (engine === 'postgres') {
          expect(
            await ask(
              server.target,
              "SELECT string_agg(setting, ' ' ORDER BY name) FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')",
            ),
          ).toEqual([['on on on']])
          expect(await ask(server.target, 'SELECT count(*) >= 0 FROM pg_stat_statements')).toEqual([[true]])
          expect(Number((await ask(server.target, 'SHOW max_connections'))[0]?.[0])).toBeGreaterThanOrEqual(20)
        } else {
          expect(
            (await ask(server.target, 'SELECT @@innodb_flush_log_at_trx_commit, @@log_bin, @@max_connections >= 20'))[0]?.map(Number),
          ).toEqual([1, 0, 1])
        }
        await ask(server.target, create)
        await ask(server.target, insert)
        identity = await identityOf(server.target)
      } finally {
        await server.stop()
      }
      expect(identify(pid)).toBeNull()
      await expect(ask(server.target, 'SELECT 1')).rejects.toThrow()
    })

    test('refuses a wrong password', async () => {
      const server = await start()
      try {
        await expect(ask({ ...server.target, password: '' }, 'SELECT 1')).rejects.toThrow()
        await expect(ask({ ...server.target, password: 'guessed' }, 'SELECT 1')).rejects.toThrow()
      } finally {
        await server.stop()
      }
    })

    test('keeps its data for the next start, which makes nothing anew', async () => {
      const steps: string[] = []
      const server = await start(detail => steps.push(detail))
      try {
        expect(steps).toEqual([`starting ${product} ${server.version}`])
        expect(await ask(server.target, read)).toEqual([[7]])
        expect(await identityOf(server.target)).toBe(identity)
      } finally {
        await server.stop()
      }
    })

    test('serves two runs at once from data directories of their own, and removes the second', async () => {
      const first = await start()
      const second = await start()
      try {
        expect(await identityOf(second.target)).not.toBe(await identityOf(first.target))
        expect(second.dataDirectory).not.toBe(first.dataDirectory)
        expect(await ask(first.target, read)).toEqual([[7]])
        await expect(ask(second.target, read)).rejects.toThrow(/kept/)
      } finally {
        await second.stop()
        await first.stop()
      }
      expect(existsSync(second.dataDirectory)).toBe(false)
      expect(existsSync(first.dataDirectory)).toBe(true)
    })

    test('a server that a killed run left is stopped by the next, and what was committed is there', async () => {
      const left = await holdServer(engine, home)
      await ask(left.target, insert)
      left.owner.kill('SIGKILL')
      await left.owner
      expect(identify(left.pid)).not.toBeNull()
      expect(await ask(left.target, read)).toEqual([[7], [7]])

      const server = await start()
      try {
        expect(server.dataDirectory).toBe(left.dataDirectory)
        expect(identify(left.pid)).toBeNull()
        expect(await ask(server.target, read)).toEqual([[7], [7]])
      } finally {
        await server.stop()
      }
    })

    test('a server that was killed with its run recovers', async () => {
      const left = await holdServer(engine, home)
      await ask(left.target, insert)
      process.kill(left.pid, 'SIGKILL')
      left.owner.kill('SIGKILL')
      await left.owner

      const server = await start()
      try {
        expect(await ask(server.target, read)).toEqual([[7], [7], [7]])
      } finally {
        await server.stop()
      }
    })

    test('a run that ends without stopping its server takes it along', async () => {
      const held = await holdServer(engine, home)
      held.owner.kill('SIGINT')
      expect((await held.owner).exitCode).toBe(130)
      await expect.poll(() => identify(held.pid), { timeout: 20_000 }).toBeNull()
    })

    test('giving up while it starts leaves nothing', async () => {
      const giveUp = new AbortController()
      const onStep = (detail: string) => {
        if (detail.startsWith('starting')) giveUp.abort()
      }
      await expect(
        startLocalServer({ engine, maxConnections: 20, env: serverEnvironment(home), onStep, signal: giveUp.signal }),
      ).rejects.toThrow()
      expect(existsSync(join(serverFolder(home), 'server.json'))).toBe(false)
    })
  })
}

function serverFolder(home: string): string {
  const [family] = readdirSync(join(home, 'servers'))
  return join(home, 'servers', family ?? '', '0')
}
