import { describe, expect, it } from 'vitest'
import { isRead } from '#oltp/database/reads.js'

describe('isRead', () => {
  it.each([
    'SELECT 1',
    "  select * from t where name = 'for update'",
    '(SELECT 1) UNION (SELECT 2)',
    '/* note */ SELECT 1 -- for update',
    'WITH x AS (SELECT 1) SELECT * FROM x',
    'SHOW VARIABLES',
    'VALUES (1)',
    'EXPLAIN SELECT 1',
    "SELECT updated_at, deleted FROM t WHERE a = 'it''s insert'",
  ])('%s', text => expect(isRead(text)).toBe(true))

  it.each([
    'INSERT INTO t VALUES (1)',
    'UPDATE t SET v = 1',
    'SELECT * FROM t FOR UPDATE',
    'SELECT * FROM t FOR NO KEY UPDATE',
    'SELECT * FROM t FOR SHARE',
    'SELECT * FROM t LOCK IN SHARE MODE',
    'SELECT 1 INTO x',
    'WITH x AS (DELETE FROM t RETURNING id) SELECT * FROM x',
    'CALL p()',
    'EXPLAIN ANALYZE DELETE FROM t',
    'EXPLAIN (ANALYZE) DELETE FROM t',
    'COMMIT',
    '',
  ])('%s does not only read', text => expect(isRead(text)).toBe(false))
})
