import pg from 'pg'
import type { Outcome } from '../../measure/outcome.js'
import { DatabaseError, type Stage } from '../contract.js'
import { DeadlinePassed } from '../deadline.js'
import { redact } from '../secret.js'

/** What is known about the call that failed. */
export interface Circumstances {
  readonly stage: Stage
  /** The server answered this very call and is ready for the next one. */
  readonly definite: boolean
  /** The statement only reads: lost outside a transaction it is not in doubt. */
  readonly read: boolean
  /** The transaction was begun READ ONLY by us. */
  readonly readOnly: boolean
  /** Whatever is said, a session that lives is kept: it is spoken to as from a terminal. */
  readonly keeps?: boolean
  readonly secrets: readonly (string | null)[]
}

interface Meaning {
  readonly outcome: Outcome
  readonly fatal?: boolean
  /** The session lives but is of no more use. */
  readonly evict?: boolean
}

const byState: { readonly [sqlstate: string]: Meaning } = {
  '40001': { outcome: 'serialization' },
  '40P01': { outcome: 'deadlock' },
  '55P03': { outcome: 'lock_timeout' },
  '57014': { outcome: 'statement_timeout' },
  '53100': { outcome: 'other', fatal: true },
  '57P04': { outcome: 'other', fatal: true },
  '42501': { outcome: 'other', fatal: true },
  '58030': { outcome: 'other', fatal: true },
  XX000: { outcome: 'other', fatal: true },
  XX001: { outcome: 'other', fatal: true },
  XX002: { outcome: 'other', fatal: true },
  // The server has forgotten our prepared statements (DISCARD ALL, a pooler in between): the driver would repeat the error for ever.
  '26000': { outcome: 'connection', evict: true },
  '42P05': { outcome: 'connection', evict: true },
}

/** At connect nothing has happened yet: either it is worth another try, or nobody can run. */
const transientAtConnect = new Set(['53300', '57P01', '57P02', '57P03', '08000', '08001', '08003', '08004', '08006'])

/**
 * The error table of PostgreSQL. The stage decides before the code: the answer that a session did not live to give leaves a COMMIT,
 * and a write outside a transaction, in doubt. With ERROR on a live session the server has said that nothing was done.
 */
export function classify(error: unknown, circumstances: Circumstances): DatabaseError {
  const { stage, definite, keeps = false } = circumstances
  const server = error instanceof pg.DatabaseError ? error : null
  const sqlstate = server?.code ?? null
  const meaning = meaningOf(server, error, circumstances)
  const code = sqlstate ?? codeOf(error)
  return new DatabaseError(redact(messageOf(error), circumstances.secrets), {
    outcome: meaning.outcome,
    code,
    sqlstate,
    stage,
    sessionLost: stage === 'connect' || !definite || (meaning.evict === true && !keeps),
    fatal: meaning.fatal === true,
    faulty: isFaulty(sqlstate, meaning),
    detail: server?.detail ?? null,
    hint: server?.hint ?? null,
    cause: error,
  })
}

function meaningOf(server: pg.DatabaseError | null, error: unknown, circumstances: Circumstances): Meaning {
  const { stage, definite, read } = circumstances
  const state = server?.code ?? ''
  if (stage === 'connect') return atConnect(server, error)
  if (!definite) {
    const inDoubt = stage === 'commit' || (stage === 'autocommit' && !read)
    return { outcome: inDoubt ? 'ambiguous' : 'connection', fatal: state === '57P04' }
  }
  if (state === '40003' || state === '08007') return { outcome: inTransaction(stage) ? 'connection' : 'ambiguous', evict: true }
  // Somebody made the server, or our login, read-only: after a fail-over another session may be the one to ask.
  if (state === '25006' && !circumstances.readOnly) return { outcome: 'connection', evict: true }
  if (state === '0A000' && server?.routine === 'RevalidateCachedQuery') return { outcome: 'connection', evict: true }
  if (state.startsWith('08')) return { outcome: inTransaction(stage) || read ? 'connection' : 'ambiguous', evict: true }
  if (state.startsWith('23')) return { outcome: 'constraint' }
  return byState[state] ?? { outcome: 'other' }
}

/** Class 42: syntax errors, and names that are not there or do not fit. */
function isFaulty(sqlstate: string | null, { outcome, fatal }: Meaning): boolean {
  return sqlstate?.startsWith('42') === true && outcome === 'other' && fatal !== true
}

function atConnect(server: pg.DatabaseError | null, error: unknown): Meaning {
  if (server !== null) {
    return transientAtConnect.has(server.code ?? '') ? { outcome: 'connection' } : { outcome: 'other', fatal: true }
  }
  const code = codeOf(error)
  return code === 'TLS' || code === 'NO_PASSWORD' ? { outcome: 'other', fatal: true } : { outcome: 'connection' }
}

function inTransaction(stage: Stage): boolean {
  return stage !== 'commit' && stage !== 'autocommit'
}

/** node-postgres gives most of its own failures a text and no code. */
function codeOf(error: unknown): string {
  if (error instanceof DeadlinePassed) return error.code
  if (!(error instanceof Error)) return 'UNKNOWN'
  if (/\bSSL\b|\bTLS\b/.test(error.message) || ('code' in error && isTls(String(error.code)))) return 'TLS'
  if ('code' in error && typeof error.code === 'string') return error.code
  if (/client password must be/.test(error.message)) return 'NO_PASSWORD'
  if (/terminated|not queryable|timeout expired|was closed/.test(error.message)) return 'CONNECTION_LOST'
  return 'DRIVER'
}

function isTls(code: string): boolean {
  return /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|EPROTO)/.test(code)
}

// Node reports a host with several addresses as one error without a text.
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || codeOf(error)
}
