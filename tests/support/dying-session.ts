import type { Session } from '#oltp/database/contract.js'

/** The same session, whose connection is gone as soon as the server has answered a statement that begins so. */
export function dyingAfter(session: Session, beginning: string): Session {
  return {
    get id() {
      return session.id
    },
    get alive() {
      return session.alive
    },
    get inTransaction() {
      return session.inTransaction
    },
    begin: options => session.begin(options),
    execute: (statement, parameters) => session.execute(statement, parameters),
    executeAndCommit: (statement, parameters) => session.executeAndCommit(statement, parameters),
    commit: () => session.commit(),
    rollback: () => session.rollback(),
    savepoint: name => session.savepoint(name),
    rollbackToSavepoint: name => session.rollbackToSavepoint(name),
    releaseSavepoint: name => session.releaseSavepoint(name),
    end: () => session.end(),
    destroy: () => session.destroy(),
    async query(text, parameters) {
      const result = await session.query(text, parameters)
      if (text.startsWith(beginning)) session.destroy()
      return result
    },
  }
}
