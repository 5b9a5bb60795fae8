import type { Database, EngineName } from './contract.js'

/** The engine's own folder, loaded when first needed: `oltp --help` loads no driver. */
export async function openDatabase(engine: EngineName): Promise<Database> {
  if (engine === 'postgres') return (await import('./postgres/index.js')).postgres
  return (await import('./mysql/index.js')).mysql
}
