import type { Target } from '../database/contract.js'
import type { Product } from './program.js'

interface Access extends Pick<Target, 'engine' | 'database'> {
  readonly user: string
  /** A command that connects, given where the password stands. */
  client(passwordFile: string, url: string, port: number): string
}

const mysql = { engine: 'mysql', user: 'root', database: null } as const

const access: { readonly [product in Product]: Access } = {
  PostgreSQL: {
    ...{ engine: 'postgres', user: 'postgres', database: 'postgres' },
    client: (passwordFile, url) => `PGPASSWORD="$(cat ${passwordFile})" psql ${url}`,
  },
  MySQL: { ...mysql, client: mysqlClient('mysql') },
  MariaDB: { ...mysql, client: mysqlClient('mariadb') },
}

/** How a server of our own on this machine is reached. */
export function localTarget(product: Product, port: number, password: string): Target {
  const { engine, user, database } = access[product]
  return {
    engine,
    host,
    port,
    socket: null,
    user,
    password,
    database,
    tls: { mode: 'disable', ca: null },
    connectTimeoutMs: 5000,
    applicationName: 'oltp',
  }
}

/** The same for people: a URL without the password, and a command that takes it from its file. */
export function connecting(product: Product, port: number, passwordFile: string): { readonly url: string; readonly command: string } {
  const { engine, user, database, client } = access[product]
  const url = `${engine}://${user}@${host}:${port}${database === null ? '' : `/${database}`}`
  return { url, command: client(passwordFile, url, port) }
}

const host = '127.0.0.1'

function mysqlClient(program: string): Access['client'] {
  return (passwordFile, _, port) => `MYSQL_PWD="$(cat ${passwordFile})" ${program} -h ${host} -P ${port} -u ${mysql.user}`
}
