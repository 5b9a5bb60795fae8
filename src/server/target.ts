import type { Target } from '../database/contract.js'
import type { Product } from './program.js'

/** How a server of our own on this machine is reached. */
export function localTarget(product: Product, port: number, password: string): Target {
  const postgres = product === 'PostgreSQL'
  return {
    engine: postgres ? 'postgres' : 'mysql',
    host: '127.0.0.1',
    port,
    socket: null,
    user: postgres ? 'postgres' : 'root',
    password,
    database: postgres ? 'postgres' : null,
    tls: { mode: 'disable', ca: null },
    connectTimeoutMs: 5000,
    applicationName: 'oltp',
  }
}
