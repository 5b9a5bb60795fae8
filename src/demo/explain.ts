import { tellConflicts } from './explain/conflicts.js'
import { tellEnding } from './explain/ending.js'
import { tellErrors } from './explain/errors.js'
import type { Evidence } from './explain/evidence.js'
import { tellQuietly } from './explain/quiet.js'
import { tellTransactionEnds } from './explain/transaction-ends.js'
import { tellWaits } from './explain/waits.js'

/** What happened and why, in sentences that each rest on facts of this run: conflicts, waits, errors, the serial order, the rule. */
export function explainDemo(evidence: Evidence): readonly string[] {
  const happened = [...tellConflicts(evidence), ...tellWaits(evidence), ...tellErrors(evidence), ...tellTransactionEnds(evidence)]
  return [...(happened.length > 0 ? happened : tellQuietly(evidence)), ...tellEnding(evidence)]
}
