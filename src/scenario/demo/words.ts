/** What a statement does to the transaction of its session. */
export type TransactionWord = 'begin' | 'commit' | 'rollback' | null

/** By its first words, comments left out: `ROLLBACK TO SAVEPOINT` ends nothing. */
export function transactionWord(sql: string): TransactionWord {
  const [first = '', second = '', third = ''] = wordsOf(sql)
  // Of a transaction that was prepared before, by whomever.
  if (second === 'PREPARED') return null
  if (first === 'BEGIN' || (first === 'START' && second === 'TRANSACTION')) return 'begin'
  if (first === 'COMMIT' || first === 'END') return 'commit'
  const work = second === 'WORK' || second === 'TRANSACTION' ? third : second
  if (first === 'ABORT' || (first === 'ROLLBACK' && work !== 'TO')) return 'rollback'
  return null
}

/**
 * Whether it works on rows: with an error of it that ends the transaction, as a deadlock does on MySQL, all is undone. What else ends one, as
 * DDL does there, has committed it beforehand, even where it fails.
 */
export function worksOnRows(sql: string): boolean {
  return rowWords.has(wordsOf(sql)[0]?.replace(/^\(+/, '') ?? '')
}

const rowWords: ReadonlySet<string> = new Set([
  ...['SELECT', 'WITH', 'INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'MERGE', 'TABLE', 'VALUES', 'LOAD', 'CALL', 'DO', 'EXECUTE', 'HANDLER'],
])

/** In capitals, comments left out. */
export function wordsOf(sql: string): readonly string[] {
  return sql
    .replace(/\/\*[\s\S]*?\*\/|--[^\n]*|^\s*#[^\n]*/gm, ' ')
    .trim()
    .toUpperCase()
    .split(/[\s;]+/)
}
