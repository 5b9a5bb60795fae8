import { type LocalServer, startLocalServer } from '#oltp/server/local.js'
import { provide } from '../tests/support/debian.js'
import type { BenchmarkServer, Context } from './context.js'

/** Lets `use` work with servers of our own; all of them are stopped afterwards. */
export async function withServers(use: (server: Context['server']) => Promise<void>): Promise<void> {
  const started = new Map<string, LocalServer>()
  try {
    await use(async engine => {
      const server = started.get(engine) ?? (await start(engine))
      started.set(engine, server)
      return describe(engine, server)
    })
  } finally {
    for (const server of started.values()) await server.stop()
  }
}

async function start(engine: 'postgres' | 'mysql'): Promise<LocalServer> {
  const env = engine === 'mysql' ? { ...process.env, OLTP_MYSQLD: await provide('mysqld') } : process.env
  return startLocalServer({ engine, maxConnections: 50, env })
}

function describe(engine: 'postgres' | 'mysql', { target, product, version, dataDirectory }: LocalServer): BenchmarkServer {
  const url = `${engine}://${target.user}:${target.password}@${target.host}:${target.port}/${target.database ?? ''}`
  return { target, env: { ...process.env, OLTP_URL: url }, title: `${product} ${version}`, dataDirectory }
}
