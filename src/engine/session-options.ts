import type { SessionOptions } from '../database/contract.js'
import type { LoadPlan } from './load.js'

/** How the load's sessions are set up. A time-out that holds for all transactions alike is the session's; else the longest is. */
export function sessionOptions({ scenario, dialect, namespace, protocol, pipeline }: LoadPlan): SessionOptions {
  const { session, transactions } = scenario
  const timeouts = transactions.map(({ statementTimeoutMs }) => statementTimeoutMs)
  return {
    namespace,
    settings: session[dialect] ?? {},
    statementTimeoutMs: timeouts.includes(null) ? null : Math.max(...timeouts.filter(timeout => timeout !== null)),
    protocol,
    pipeline,
  }
}
