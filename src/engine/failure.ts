import { DatabaseError } from '../database/contract.js'
import type { Outcome } from '../measure/outcome.js'
import { BrokenPromise, type CompiledTransaction, Conflict, DeclaredRollback } from '../scenario/program.js'
import type { Client } from './client.js'
import { ClientLost } from './connector.js'
import type { WorkerContext } from './context.js'
import { Stopped } from './control.js'

/**
 * What an error that ended an attempt makes of it. Counts it, and stops the run where the run cannot go on. Rethrows what is no
 * failure of the scenario, the server or the network: a bug of ours.
 */
export function judgeFailure(
  context: WorkerContext,
  client: Client,
  transaction: CompiledTransaction,
  error: unknown,
): Outcome | 'cancelled' {
  if (error instanceof Stopped) return 'cancelled'
  if (error instanceof DeclaredRollback) return 'rolled_back'
  if (error instanceof Conflict) {
    client.account.failure('conflict', 'conflict', error.message)
    return 'conflict'
  }
  if (error instanceof BrokenPromise) {
    context.report.broken({ kind: 'promise', message: error.message, transaction: transaction.name })
    return 'other'
  }
  if (error instanceof ClientLost) {
    context.memory.addToGauge('clientsLost', 1)
    const message = `client ${client.index + 1} lost its connection and could not get another: ${error.message}`
    context.report.broken({ kind: 'client lost', message, transaction: transaction.name })
    return 'connection'
  }
  if (!(error instanceof DatabaseError)) throw error
  // We destroyed the session ourselves: nothing of this happened to the workload. A COMMIT in flight is another matter.
  if (context.control.stopping && error.outcome === 'connection') return 'cancelled'
  client.account.failure(error.code, error.outcome, error.message)
  if (error.fatal) context.report.fatal(error)
  else if (isMistake(error))
    context.report.broken({ kind: 'statement', message: describeMistake(client, error), transaction: transaction.name })
  return error.outcome
}

/** SQLSTATE class 42 (syntax, unknown or forbidden names) and 21 (wrong number of columns): the statement can never work. */
function isMistake(error: DatabaseError): boolean {
  return error.outcome === 'other' && error.stage !== 'connect' && /^(42|21)/.test(error.sqlstate ?? '')
}

function describeMistake(client: Client, error: DatabaseError): string {
  const statement = client.attempt.lastStatement
  const where = statement === null ? '' : `statement ${statement.name} cannot run: `
  return `${where}${error.message} (${error.code})${statement === null ? '' : `\n  ${statement.text.trim()}`}`
}
