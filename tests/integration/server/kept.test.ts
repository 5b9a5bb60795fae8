import { afterAll, expect, test } from 'vitest'
import { keepServer, stopKept } from '#oltp/server/kept.js'
import { keptServers, type LocalEngine, startLocalServer } from '#oltp/server/local.js'
import { makeHome, serverEnvironment } from '../../support/local-server.js'

const home = makeHome()
const both = serverEnvironment(home)
const withoutMysql = { ...both, OLTP_MYSQLD: process.env.OLTP_TEST_MARIADBD }
afterAll(() => stopKept(null, both))

const productFor = async (engine: LocalEngine, env: typeof both) => {
  const server = await startLocalServer({ engine, maxConnections: 5, env })
  await server.stop()
  return `${server.product}${server.kept ? ', kept' : ''}`
}

test('a MariaDB that is kept stands in for MySQL only where there is none', async () => {
  await keepServer({ engine: 'mariadb', maxConnections: 50, env: both })
  expect(await productFor('mysql', both)).toBe('MySQL')
  expect(await productFor('mariadb', both)).toBe('MariaDB, kept')
  expect(await productFor('mysql', withoutMysql)).toBe('MariaDB, kept')
})

test('of both the one that is asked for is used, and stopped', async () => {
  const { kept, isNew } = await keepServer({ engine: 'mysql', maxConnections: 50, env: both })
  expect([kept.server.product, isNew]).toEqual(['MySQL', true])
  expect(await productFor('mysql', both)).toBe('MySQL, kept')
  expect(await productFor('mariadb', both)).toBe('MariaDB, kept')
  await stopKept('mysql', both)
  expect(keptServers(home, null).map(({ server }) => server.product)).toEqual(['MariaDB'])
})
