import { DatabaseError } from '../contract.js'
import { type MigrationOperations, StatementFailed } from '../operations.js'

/**
 * DDL commits by itself, and takes an open transaction along. So every statement is noted before and after; a data change and its
 * note are one transaction. Single DDL statements are atomic (MySQL 8.0, MariaDB 10.6).
 */
export const migrations: MigrationOperations = {
  lexis: {
    dollarQuotes: false,
    backslashEscapes: true,
    backticks: true,
    hashComments: true,
    nestedComments: false,
    executableComments: ['/*!', '/*M!', '/*+'],
  },
  transactional: false,

  async run(session, script) {
    for (const [index, statement] of script.statements.entries()) {
      if (index < script.done) continue
      await script.started(index)
      await session.query('START TRANSACTION')
      try {
        await session.query(statement.text)
      } catch (cause) {
        if (session.alive) await session.query('ROLLBACK')
        if (!(script.uncertain && index === script.done && wasDoneBefore(statement.text, cause))) {
          if (session.alive) await script.failed(index)
          throw new StatementFailed(index, cause)
        }
      }
      await script.finished(index)
      await session.query('COMMIT')
    }
    await script.completed()
  },
}

// What DDL answers when it has been applied before: the table, column, key or constraint is there already, or gone already.
const doneBefore: ReadonlySet<string> = new Set([
  '1050',
  '1051',
  '1060',
  '1061',
  '1068',
  '1091',
  '1304',
  '1305',
  '1359',
  '1360',
  '1826',
  '4091',
  '4092',
])

// Only DDL can have been applied without its note: a data change and its note are one transaction.
function wasDoneBefore(text: string, error: unknown): boolean {
  return /^(?:create|alter|drop)\b/i.test(text) && error instanceof DatabaseError && doneBefore.has(error.code)
}
