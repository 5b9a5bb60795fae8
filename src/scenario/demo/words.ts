/** What a statement does to the transaction of its session. */
export type TransactionWord = 'begin' | 'commit' | 'rollback' | null

/** By its first words, comments left out: `ROLLBACK TO SAVEPOINT` ends nothing. */
export function transactionWord(sql: string): TransactionWord {
  const [first = '', second = '', third = ''] = sql
    .replace(/\/\*[\s\S]*?\*\/|--[^\n]*/g, ' ')
    .trim()
    .toUpperCase()
    .split(/[\s;]+/)
  if (first === 'BEGIN' || (first === 'START' && second === 'TRANSACTION')) return 'begin'
  if (first === 'COMMIT' || first === 'END') return 'commit'
  const work = second === 'WORK' || second === 'TRANSACTION' ? third : second
  if (first === 'ABORT' || (first === 'ROLLBACK' && work !== 'TO')) return 'rollback'
  return null
}
