import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startLocalServer } from '#oltp/server/local.js'
import { findMysql } from '#oltp/server/mysql-binaries.js'
import { makeHome, serverEnvironment } from '../../support/local-server.js'

/** A program in place of mysqld, as a server is that does not work here. */
function brokenServer(home: string, script: string): string {
  const file = join(home, 'mysqld')
  writeFileSync(
    file,
    `#!/bin/sh\ncase "$*" in *--version*) echo "mysqld  Ver 9.7.4 for Linux on x86_64 (broken)"; exit 0;; esac\n${script}\n`,
  )
  chmodSync(file, 0o755)
  return file
}

function start(home: string, mysqld: string) {
  return startLocalServer({ engine: 'mysql', maxConnections: 5, env: { ...serverEnvironment(home), OLTP_MYSQLD: mysqld } })
}

describe('a server that cannot be had', () => {
  test.each(['mysql', 'mariadb'] as const)('%s: exit 3, and how to get one', async engine => {
    await expect(findMysql(engine, { PATH: '/nowhere' }, null, [])).rejects.toMatchObject({
      code: 'NO_LOCAL_SERVER',
      exitCode: 3,
      hint: expect.stringMatching(/Install one .* or give a server with --url/),
    })
  })

  test('a variable that names nothing', async () => {
    await expect(start(makeHome(), '/nowhere/mysqld')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('OLTP_MYSQLD says /nowhere/mysqld'),
    })
  })

  test('a MariaDB where there is no MySQL is taken for mysql, but not the other way round', async () => {
    const mariadb = { OLTP_MARIADBD: process.env.OLTP_TEST_MARIADBD }
    const mysql = { OLTP_MYSQLD: process.env.OLTP_TEST_MYSQLD }
    expect(await findMysql('mysql', mariadb, null, [])).toMatchObject({ product: 'MariaDB' })
    expect(await findMysql('mysql', { ...mariadb, ...mysql }, null, [])).toMatchObject({ product: 'MySQL' })
    await expect(findMysql('mariadb', mysql, null, [])).rejects.toMatchObject({ exitCode: 3 })
  })

  test('a program that is no server', async () => {
    await expect(start(makeHome(), '/bin/true')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('not a MySQL or MariaDB server'),
    })
  })
})

describe('a server that fails', () => {
  test('to create its data: what it said, and one thing to do', async () => {
    const home = makeHome()
    const mysqld = brokenServer(home, 'echo "[ERROR] mysqld: Error writing file (OS errno 28 - No space left on device)" >&2; exit 1')
    await expect(start(home, mysqld)).rejects.toMatchObject({
      code: 'SERVER_INIT_FAILED',
      exitCode: 3,
      message: expect.stringContaining('No space left on device'),
      hint: expect.stringContaining('disk space'),
    })
    expect(readdirSync(join(home, 'servers/mysql-9.7/0'))).toEqual([])
  })

  test('to start: the end of its log', async () => {
    const home = makeHome()
    const mysqld = brokenServer(home, 'case "$*" in *--initialize*) exit 0;; esac; echo "[ERROR] something odd"; exit 7')
    await expect(start(home, mysqld)).rejects.toMatchObject({
      code: 'SERVER_START_FAILED',
      exitCode: 3,
      message: expect.stringMatching(/stopped while starting\. It said:\n {2}\[ERROR\] something odd$/),
      hint: expect.stringContaining('server.log'),
    })
    expect(existsSync(join(home, 'servers/mysql-9.7/0/server.json'))).toBe(false)
  })

  test('since somebody else took the port: tried again on another', async () => {
    const home = makeHome()
    const attempts = join(home, 'attempts')
    const mysqld = brokenServer(
      home,
      `case "$*" in *--initialize*) exit 0;; esac; echo "$*" >> ${attempts}; echo "Bind on TCP/IP port: Address already in use"; exit 1`.replace(
        '/tmp/attempts-of-$PPID',
        attempts,
      ),
    )
    writeFileSync(attempts, '')
    chmodSync(attempts, 0o666)
    await expect(start(home, mysqld)).rejects.toMatchObject({ exitCode: 3 })
    const ports = readFileSync(attempts, 'utf8').match(/--port=\d+/g)
    expect(ports).toHaveLength(5)
    expect(new Set(ports).size).toBeGreaterThan(1)
  })
})
