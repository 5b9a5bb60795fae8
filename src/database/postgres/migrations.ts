import { type MigrationOperations, StatementFailed } from '../operations.js'

/** DDL is transactional: a script and the note that it ran are one transaction. */
export const migrations: MigrationOperations = {
  lexis: {
    dollarQuotes: true,
    backslashEscapes: false,
    backticks: false,
    hashComments: false,
    nestedComments: true,
    executableComments: [],
  },
  transactional: true,

  async run(session, script) {
    await session.begin({ isolation: 'read committed', readOnly: false })
    try {
      for (const [index, statement] of script.statements.entries()) {
        await session.query(statement.text).catch(cause => {
          throw new StatementFailed(index, cause)
        })
      }
      await script.completed()
      await session.commit()
    } catch (error) {
      if (session.alive) await session.rollback()
      throw error
    }
  },
}
