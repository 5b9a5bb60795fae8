import { describe, expect, it } from 'vitest'
import { transactionWord, worksOnRows } from '#oltp/scenario/demo/words.js'

describe('what a statement does to its transaction', () => {
  it.each([
    ['BEGIN', 'begin'],
    ['begin;', 'begin'],
    ['BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE', 'begin'],
    ['START  TRANSACTION\nWITH CONSISTENT SNAPSHOT', 'begin'],
    ['/* first */ BEGIN', 'begin'],
    ['-- first\nBEGIN', 'begin'],
    ['COMMIT', 'commit'],
    ['commit and chain', 'commit'],
    ['END', 'commit'],
    ['ROLLBACK', 'rollback'],
    ['ROLLBACK AND CHAIN', 'rollback'],
    ['Rollback Work', 'rollback'],
    ['ABORT', 'rollback'],
    ['ROLLBACK TO SAVEPOINT a', null],
    ['ROLLBACK TO a', null],
    ['ROLLBACK WORK TO SAVEPOINT a', null],
    ['ROLLBACK TRANSACTION TO a', null],
    ['SAVEPOINT a', null],
    ['RELEASE SAVEPOINT a', null],
    ['START SLAVE', null],
    ["COMMIT PREPARED 'a'", null],
    ["ROLLBACK PREPARED 'a'", null],
    ['# first\nCOMMIT', 'commit'],
    ['SELECT 1 /* COMMIT */', null],
    ["SELECT 'BEGIN'", null],
    ['', null],
  ])('%s: %s', (sql, word) => {
    expect(transactionWord(sql)).toBe(word)
  })
})

describe('an error that ends the transaction', () => {
  it.each(['UPDATE t SET v = 1', '  (SELECT 1)', '/* x */ with a as (select 1) select * from a', 'CALL f()'])('undoes it: %s', sql => {
    expect(worksOnRows(sql)).toBe(true)
  })

  it.each(['ALTER TABLE t ADD c INT', 'CREATE TABLE t (id INT)', 'TRUNCATE t', 'LOCK TABLES t WRITE', ''])(
    'comes after its end: %s',
    sql => {
      expect(worksOnRows(sql)).toBe(false)
    },
  )
})
