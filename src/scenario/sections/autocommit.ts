import type { Reader, YamlNode } from '../diagnostics.js'
import { type Dialect, dialects } from '../model.js'
import { runsOn } from '../runs-on.js'
import type { StepDefinition } from '../steps/registry.js'

/** Reports an autocommit transaction that does not run exactly one statement, whichever way it goes. */
export function checkAutocommit(steps: readonly StepDefinition[], at: YamlNode, reader: Reader): void {
  for (const dialect of dialects) {
    const { least, most } = statements(steps, dialect)
    if (least === 1 && most === 1) continue
    const found = most > 1 ? `can run ${Number.isFinite(most) ? most : 'several'}` : least === most ? 'has none' : 'may run none'
    const where = usesEngines(steps) ? ` on ${dialect}` : ''
    reader.problem(at, `an autocommit transaction runs one statement, this one ${found}${where}`, {
      hint: most > 1 ? 'remove `autocommit`, or make it two transactions' : 'add an `sql` step',
    })
    return
  }
}

interface Count {
  readonly least: number
  readonly most: number
}

function statements(steps: readonly StepDefinition[], dialect: Dialect): Count {
  const counts = steps.filter(step => runsOn(step, dialect)).map(step => count(step, dialect))
  return { least: sum(counts.map(({ least }) => least)), most: sum(counts.map(({ most }) => most)) }
}

function count(step: StepDefinition, dialect: Dialect): Count {
  if (step.kind === 'sql') return { least: 1, most: 1 }
  if (step.kind === 'savepoint') return statements(step.steps, dialect)
  if (step.kind === 'repeat') {
    const once = statements(step.steps, dialect)
    return { least: 0, most: once.most > 0 ? Number.POSITIVE_INFINITY : 0 }
  }
  if (step.kind !== 'if') return { least: 0, most: 0 }
  const [yes, no] = [statements(step.steps, dialect), statements(step.otherwise, dialect)]
  return { least: Math.min(yes.least, no.least), most: Math.max(yes.most, no.most) }
}

function usesEngines(steps: readonly StepDefinition[]): boolean {
  return steps.some(step => step.engines !== null)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
