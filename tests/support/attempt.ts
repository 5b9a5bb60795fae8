import type { Attempt, Statement, StatementResult } from '#oltp/scenario/program.js'
import { createRandom } from '#oltp/scenario/random.js'
import type { Value } from '#oltp/scenario/values.js'

export const noRows: StatementResult = { affected: 0, columns: [], rows: [], insertId: null }

/** What a constraint error looks like to a `fakeAttempt`. */
export class ConstraintBroken extends Error {}

export interface FakeAttempt extends Attempt {
  /** Everything that was asked for, in order, as in `execute transfer/lock [1]`, `savepoint a`, `sleep 5`. */
  readonly log: string[]
  readonly statements: Statement[]
}

/** The world as steps see it, without a database: `answer` is what each statement gets. */
export function fakeAttempt(
  answer: (statement: Statement, parameters: readonly Value[]) => StatementResult = () => ({ ...noRows, affected: 1 }),
  random = createRandom(1, 'attempt'),
): FakeAttempt {
  const log: string[] = []
  const statements: Statement[] = []
  const note = async (text: string) => {
    log.push(text)
  }
  return {
    log,
    statements,
    values: [],
    random,
    client: 4,
    sequence: (name, start) => start + name.length,
    now: () => '2026-11-22 12:00:00.000000',
    async execute(statement, parameters) {
      log.push(`execute ${statement.name} ${JSON.stringify(parameters)}`)
      statements.push(statement)
      return answer(statement, parameters)
    },
    answered: () => {},
    savepoint: name => note(`savepoint ${name}`),
    rollbackToSavepoint: name => note(`rollback to ${name}`),
    releaseSavepoint: name => note(`release ${name}`),
    isConstraintViolation: error => error instanceof ConstraintBroken,
    sleep: ms => note(`sleep ${ms}`),
  }
}
