import { wordsOf } from './words.js'

/** Whether a statement may make, change or drop tables and the like, itself or in code that it calls. */
export function mayChangeCatalogue(sql: string): boolean {
  return isDefinition(sql) || calls.has(wordsOf(sql)[0] ?? '')
}

/** Whether it defines tables and the like: on MySQL it then ends the transaction. */
export function isDefinition(sql: string): boolean {
  return definitions.has(wordsOf(sql)[0] ?? '')
}

const definitions: ReadonlySet<string> = new Set(['CREATE', 'ALTER', 'DROP', 'TRUNCATE', 'RENAME'])
const calls: ReadonlySet<string> = new Set(['CALL', 'EXECUTE', 'DO'])
