/** A transaction as MariaDB's `SHOW ENGINE INNODB STATUS` describes it. */
export interface StatusTransaction {
  /** Connection id. */
  readonly session: number
  /** Whether it has an id of its own: one that has only read has not, and is number 0 wherever transactions are listed. */
  readonly numbered: boolean
  /** Of records, asked for or held. */
  readonly rowLocks: number
  /** For how long it has been waiting for a lock, in microseconds; null: it does not wait. */
  readonly waitedUs: number | null
}

/** The open transactions of the report. A part of it that begins with `---TRANSACTION` describes one, and says LOCK WAIT where it waits. */
export function parseInnodbStatus(report: string): readonly StatusTransaction[] {
  const parts = report.split(/^---TRANSACTION /m).slice(1)
  return parts.flatMap(part => {
    const session = numberIn(part, /^MariaDB thread id (\d+)/m)
    if (session === null) return []
    const waits = /^LOCK WAIT /m.test(part)
    return [
      {
        session,
        numbered: /^\d/.test(part),
        rowLocks: numberIn(part, /, (\d+) row lock\(s\)/) ?? 0,
        waitedUs: waits ? (numberIn(part, /TRX HAS BEEN WAITING (\d+) us/) ?? 0) : null,
      },
    ]
  })
}

function numberIn(text: string, pattern: RegExp): number | null {
  const found = pattern.exec(text)?.[1]
  return found === undefined ? null : Number(found)
}
