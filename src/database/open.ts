import type { Dialect } from '../scenario/model.js'
import type { Database, EngineName } from './contract.js'

/** Which of the folders here speaks a dialect. */
export const engineOf: { readonly [dialect in Dialect]: EngineName } = { postgres: 'postgres', mysql: 'mysql', mariadb: 'mysql' }

const folders: { readonly [engine in EngineName]: () => Promise<Database> } = {
  postgres: async () => (await import('./postgres/index.js')).postgres,
  mysql: async () => (await import('./mysql/index.js')).mysql,
}

/** The engine's own folder, loaded when first needed: `oltp --help` loads no driver. */
export function openDatabase(engine: EngineName): Promise<Database> {
  return folders[engine]()
}
