import type { Outcome } from '../../measure/outcome.js'
import { DatabaseError, type Stage } from '../contract.js'
import { DeadlinePassed } from '../deadline.js'
import { redact } from '../secret.js'

/** What is known about the call that failed. */
export interface Circumstances {
  readonly stage: Stage
  /** The statement only reads: lost outside a transaction it is not in doubt. */
  readonly read: boolean
  readonly readOnly: boolean
  /** `innodb_rollback_on_timeout`: a lock time-out takes the whole transaction with it. */
  readonly rollsBackOnTimeout: boolean
  /** Whatever is said, a session that lives is kept: it is spoken to as from a terminal. */
  readonly keeps?: boolean
  readonly secrets: readonly (string | null)[]
}

/** A failure, and whether the server has already rolled the transaction back, so that the next statement would commit by itself. */
export interface Classified {
  readonly error: DatabaseError
  readonly transactionGone: boolean
}

interface Meaning {
  readonly outcome: Outcome
  readonly fatal?: boolean
  readonly lost?: boolean
  readonly gone?: boolean
}

const byNumber: { readonly [errno: number]: Meaning } = {
  1213: { outcome: 'deadlock', gone: true },
  1205: { outcome: 'lock_timeout' },
  3572: { outcome: 'lock_timeout' },
  1020: { outcome: 'serialization', gone: true },
  1412: { outcome: 'serialization' },
  1206: { outcome: 'lock_timeout', gone: true },
  1317: { outcome: 'statement_timeout' },
  3024: { outcome: 'statement_timeout' },
  1969: { outcome: 'statement_timeout' },
  // Duplicate key, NULL, foreign key and CHECK (MySQL, MariaDB).
  1062: { outcome: 'constraint' },
  1586: { outcome: 'constraint' },
  1048: { outcome: 'constraint' },
  1216: { outcome: 'constraint' },
  1217: { outcome: 'constraint' },
  1451: { outcome: 'constraint' },
  1452: { outcome: 'constraint' },
  1761: { outcome: 'constraint' },
  1762: { outcome: 'constraint' },
  3819: { outcome: 'constraint' },
  4025: { outcome: 'constraint' },
  // Disk or table full, engine failure, no right, too many prepared statements on the whole server.
  1021: { outcome: 'other', fatal: true },
  1114: { outcome: 'other', fatal: true },
  1030: { outcome: 'other', fatal: true },
  1461: { outcome: 'other', fatal: true },
  1044: { outcome: 'other', fatal: true },
  1045: { outcome: 'other', fatal: true },
  1049: { outcome: 'other', fatal: true },
  1142: { outcome: 'other', fatal: true },
  1143: { outcome: 'other', fatal: true },
  1227: { outcome: 'other', fatal: true },
  // The driver's number for a statement is no longer one of the server's.
  1243: { outcome: 'connection', lost: true },
  // The server was made read-only: after a fail-over another session may be the one to ask.
  1290: { outcome: 'connection', lost: true },
  1836: { outcome: 'connection', lost: true },
}

/** The server ends the session with these, or a proxy has lost it: what was under way may have been done. */
const endings = new Set([1053, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 2055, 4031, 9001, 9002, 9004])

/** At connect nothing has happened yet: full, starting or stopping. Everything else that a server says there ends the run. */
const transientAtConnect = new Set([1040, 1053, 1129, 1203, 1226, 2003, 2006, 2013, 9001, 9002, 9004])

/** The error table of MySQL and MariaDB. The stage decides before the code, as in the table of PostgreSQL; codes are numbers, names differ. */
export function classify(error: unknown, circumstances: Circumstances): Classified {
  const { stage, keeps = false } = circumstances
  const server = serverError(error)
  const lives = server !== null && !endings.has(server.errno)
  const meaning = meaningOf(server, error, circumstances)
  return {
    error: new DatabaseError(redact(messageOf(error), circumstances.secrets), {
      outcome: meaning.outcome,
      code: server === null ? codeOf(error) : String(server.errno),
      sqlstate: server?.sqlState || null,
      stage,
      sessionLost: stage === 'connect' || (meaning.lost === true && !(keeps && lives)),
      fatal: meaning.fatal === true,
      faulty: server !== null && isFaulty(server.sqlState, messageOf(error), meaning),
      cause: error,
    }),
    transactionGone: meaning.gone === true,
  }
}

function meaningOf(server: ServerError | null, error: unknown, circumstances: Circumstances): Meaning {
  const { stage, read } = circumstances
  if (stage === 'connect') return atConnect(server, error)
  const inDoubt = stage === 'commit' || (stage === 'autocommit' && !read)
  if (server === null || endings.has(server.errno)) {
    return { outcome: inDoubt && !neverSent(error) ? 'ambiguous' : 'connection', lost: true }
  }
  const meaning = byNumber[server.errno] ?? { outcome: 'other' }
  if (meaning.outcome === 'statement_timeout') {
    // A COMMIT that was interrupted is not known to be undone.
    return stage === 'commit' ? { outcome: 'ambiguous', lost: true } : meaning
  }
  if (server.errno === 1205) return { ...meaning, gone: circumstances.rollsBackOnTimeout }
  if (server.errno === 1290 && circumstances.readOnly) return { outcome: 'other' }
  return meaning
}

/**
 * Class 42: syntax errors, and names that are not there or do not fit; a number of columns that does not fit has a class of its own. That a
 * savepoint is gone is of class 42, too, and comes of a deadlock.
 */
function isFaulty(sqlState: string, message: string, { outcome, fatal }: Meaning): boolean {
  if (outcome !== 'other' || fatal === true || message.startsWith('SAVEPOINT ')) return false
  return sqlState.startsWith('42') || sqlState === '21S01'
}

function atConnect(server: ServerError | null, error: unknown): Meaning {
  if (server !== null) return transientAtConnect.has(server.errno) ? { outcome: 'connection' } : { outcome: 'other', fatal: true }
  return /^(?:TLS|HANDSHAKE_|AUTH_|MYSQL_CLEAR)/.test(codeOf(error)) ? { outcome: 'other', fatal: true } : { outcome: 'connection' }
}

interface ServerError {
  readonly errno: number
  readonly sqlState: string
}

/** What the server itself said, with its number: 4031 comes with the number in `code`, 1969 without a name. */
function serverError(error: unknown): ServerError | null {
  if (!(error instanceof Error)) return null
  const sqlState = 'sqlState' in error && typeof error.sqlState === 'string' ? error.sqlState.trim() : ''
  if ('errno' in error && typeof error.errno === 'number' && error.errno > 0) return { errno: error.errno, sqlState }
  if ('code' in error && typeof error.code === 'number') return { errno: error.code, sqlState }
  return null
}

/** The driver refused the command itself, because the connection was already closed. */
function neverSent(error: unknown): boolean {
  return error instanceof Error && /closed state/.test(error.message)
}

function codeOf(error: unknown): string {
  if (error instanceof DeadlinePassed) return error.code
  if (!(error instanceof Error)) return 'UNKNOWN'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT' || code === 'HANDSHAKE_SSL_ERROR') return 'TLS'
  if (/^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/.test(code)) return 'TLS'
  if (code === 'PROTOCOL_CONNECTION_LOST' || neverSent(error) || /^Connection terminated/.test(error.message)) return 'CONNECTION_LOST'
  return code || 'DRIVER'
}

// Node reports a host with several addresses as one error without a text.
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || codeOf(error)
}
