import type { Session } from '../contract.js'
import type { Wait } from '../waits.js'
import { listOf } from './lock-names.js'

/**
 * Waits for tables that are altered, and for GET_LOCK, by what MariaDB says that each session is at. For whom, the server tells of a lock by
 * its name alone; who has locked a table it does not tell without the performance schema: its plugin METADATA_LOCK_INFO, where it is there,
 * lists what is granted and not what is asked for.
 */
export async function stateWaits(session: Session, sessions: readonly number[]): Promise<readonly Wait[]> {
  const { rows } = await session.query(`SELECT id, state, info FROM information_schema.processlist WHERE id IN (${listOf(sessions)})`)
  const waits: Wait[] = []
  for (const [id, state, statement] of rows) {
    const waiting = Number(id)
    if (state === 'Waiting for table metadata lock') {
      waits.push({ waiting, blockers: [], inferred: [], lock: 'a metadata lock on the table' })
    } else if (state === 'User lock') {
      const name = nameOfUserLock(String(statement))
      const holder = name === null ? null : await holderOf(session, name)
      // Who holds it by now waits no more.
      if (holder === waiting) continue
      const lock = name === null ? 'a user lock' : `user lock ${name}`
      waits.push({ waiting, blockers: holder === null ? [] : [holder], inferred: [], lock })
    }
  }
  return waits
}

/** Null: nobody, or the lock has another name than we take it to have. */
async function holderOf(session: Session, name: string): Promise<number | null> {
  const { rows } = await session.query('SELECT IS_USED_LOCK(?)', [name])
  const holder = rows[0]?.[0] ?? null
  return holder === null ? null : Number(holder)
}

/** The one lock that a statement asks for by a name written out; null where it asks for several, or computes the name. */
export function nameOfUserLock(statement: string): string | null {
  const calls = [...statement.matchAll(textsAndCalls)].filter(([found]) => /^get_lock/i.test(found))
  const [, single, double] = calls.length === 1 ? (calls[0] ?? []) : []
  if (single !== undefined) return single.replaceAll("''", "'")
  return double === undefined ? null : double.replaceAll('""', '"')
}

/** Texts and comments are passed over whole: what they say is not called. A name with an escape in it is not read. */
const textsAndCalls =
  /\bGET_LOCK\s*\(\s*(?:'((?:[^'\\]|'')*)'|"((?:[^"\\]|"")*)")\s*,|\bGET_LOCK\s*\(|'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"|`[^`]*`|\/\*[\s\S]*?\*\/|#[^\n]*|--\s[^\n]*/gi
