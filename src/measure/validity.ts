import {
  collectorPausing,
  generatorBusy,
  generatorLate,
  generatorPressed,
  processorStolen,
  processorTaken,
  processorThrottled,
} from './generator-rules.js'
import {
  arrivalsShed,
  backlogGrowing,
  beyondRange,
  clientsLost,
  cutOff,
  fewCommitted,
  noneCommitted,
  rateReached,
  stoppedEarly,
} from './load-rules.js'
import type { Result, ValidityCheck } from './result.js'
import type { ValidityInputs } from './validity-inputs.js'

export type Validity = Result['validity']
type ValidityStatus = Validity['status']

/** One rule, and what it makes of the run when it fails; a warning makes it SUSPECT. */
interface Rule {
  readonly failed: 'INVALID' | 'UNSUSTAINED'
  /** Null: it does not apply. */
  check(inputs: ValidityInputs): ValidityCheck | null
}

const rules: readonly Rule[] = [
  { failed: 'INVALID', check: noneCommitted },
  { failed: 'INVALID', check: fewCommitted },
  { failed: 'INVALID', check: clientsLost },
  { failed: 'INVALID', check: generatorBusy },
  { failed: 'INVALID', check: generatorPressed },
  { failed: 'INVALID', check: generatorLate },
  { failed: 'INVALID', check: processorTaken },
  { failed: 'INVALID', check: collectorPausing },
  { failed: 'INVALID', check: processorStolen },
  { failed: 'INVALID', check: processorThrottled },
  { failed: 'UNSUSTAINED', check: rateReached },
  { failed: 'UNSUSTAINED', check: arrivalsShed },
  { failed: 'UNSUSTAINED', check: backlogGrowing },
  { failed: 'INVALID', check: cutOff },
  { failed: 'INVALID', check: stoppedEarly },
  { failed: 'INVALID', check: beyondRange },
]

const gravity: readonly ValidityStatus[] = ['VALID', 'SUSPECT', 'UNSUSTAINED', 'INVALID']

/** Applies every rule; the gravest breach is the status. */
export function judgeValidity(inputs: ValidityInputs): Validity {
  let status: ValidityStatus = 'VALID'
  const checks: ValidityCheck[] = []
  for (const rule of rules) {
    const check = rule.check(inputs)
    if (check === null) continue
    checks.push(check)
    const breach = { ok: 'VALID', warn: 'SUSPECT', fail: rule.failed } as const
    if (gravity.indexOf(breach[check.status]) > gravity.indexOf(status)) status = breach[check.status]
  }
  return { status, checks }
}
