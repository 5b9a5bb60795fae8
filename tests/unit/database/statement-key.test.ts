import { expect, test } from 'vitest'
import { countsFor } from '#oltp/database/monitor.js'
import { type Spelling, statementKey } from '#oltp/database/statement-key.js'

// Left what we send, right what PostgreSQL 18.4 and MySQL 9.7 made of it.
const pairs: readonly (readonly [spelling: Spelling, sent: string, kept: string])[] = [
  ['postgres', 'SELECT balance FROM account WHERE id IN ($1, $2, $3)', 'SELECT balance FROM account WHERE id IN ($1 /*, ... */)'],
  ['postgres', 'SELECT balance FROM account WHERE id IN (NULL)', 'SELECT balance FROM account WHERE id IN ($1)'],
  [
    'postgres',
    "update account set balance = balance + 1 - $1 where id = -1 and 'x' = 'it''s' and true",
    'update account set balance = balance + $2 - $1 where id = $3 and $4 = $5 and $6',
  ],
  [
    'postgres',
    `select /* c */ balance::text || E'\\n' as "T" from account -- x
      where id = $1 and now() > now() - interval '1 day' and balance = any('{1,2}'::int[]) and balance = -5 and $$q$$ = 'q' and balance is not null`,
    `select /* c */ balance::text || $2 as "T" from account -- x
 where id = $1 and now() > now() - interval $3 and balance = any($4::int[]) and balance = $5 and $6 = $7 and balance is not null`,
  ],
  [
    'postgres',
    'insert into account values ($1, $2), ($3, 7) on conflict (id) do update set balance = excluded.balance',
    'insert into account values ($1, $2), ($3, $4) on conflict (id) do update set balance = excluded.balance',
  ],
  [
    'postgres',
    'select balance from account where id = $1 and balance > 1.5e3 group by 1 order by 1 limit 5 ;',
    'select balance from account where id = $1 and balance > $2 group by 1 order by 1 limit $3',
  ],
  ['mysql', 'SELECT balance FROM account WHERE id = ? FOR UPDATE', 'SELECT `balance` FROM ACCOUNT WHERE `id` = ? FOR UPDATE'],
  [
    'mysql',
    "UPDATE `account` SET balance = balance + 1 - ? WHERE id = -1 AND 'x' = 'it''s'",
    'UPDATE `account` SET `balance` = `balance` + ? - ? WHERE `id` = ? AND ? = ?',
  ],
  [
    'mysql',
    'SELECT a.balance, COUNT(*) FROM account a WHERE a.id IN (?, ?, ?) GROUP BY a.balance ORDER BY 1',
    'SELECT `a` . `balance` , COUNT ( * ) FROM ACCOUNT `a` WHERE `a` . `id` IN (...) GROUP BY `a` . `balance` ORDER BY 1',
  ],
  [
    'mysql',
    'insert into account (id, balance) values (?, ?) on duplicate key update balance = values(balance)',
    'INSERT INTO ACCOUNT ( `id` , `balance` ) VALUES (...) ON DUPLICATE KEY UPDATE `balance` = VALUES ( `balance` )',
  ],
  [
    'mysql',
    'SELECT balance FROM account WHERE id = ? AND balance IS NOT NULL AND TRUE LIMIT 5',
    'SELECT `balance` FROM ACCOUNT WHERE `id` = ? AND `balance` IS NOT NULL AND TRUE LIMIT ?',
  ],
  [
    'mysql',
    `SELECT /* hi */ balance FROM account -- x
      # y
      WHERE id = ? AND 1.5e3 > 0x10 and _utf8mb4'q' = N'x' and date'2020-01-01' < now(6) and note = "quoted" LIMIT ?`,
    'SELECT `balance` FROM ACCOUNT WHERE `id` = ? AND ? > ? AND (_charset) ? = ? AND DATE ? < NOW (?) AND `note` = ? LIMIT ?',
  ],
]

test.each(pairs)('%s: %s', (spelling, sent, kept) => {
  expect(statementKey(sent, spelling)).toBe(statementKey(kept, spelling))
})

const different: readonly (readonly [Spelling, string, string])[] = [
  ['postgres', 'UPDATE account SET balance = balance - $1 WHERE id = $2', 'UPDATE account SET balance = balance + $1 WHERE id = $2'],
  ['postgres', 'SELECT balance FROM account WHERE id = $1', 'SELECT balance FROM account WHERE id = $1 FOR UPDATE'],
  ['postgres', 'SELECT balance FROM account WHERE id IS NULL', 'SELECT balance FROM account WHERE id IS NOT NULL'],
  ['postgres', "SELECT data #> '{a}' FROM t", "SELECT data -> '{a}' FROM t"],
  ['mysql', 'UPDATE account SET balance = balance - ? WHERE id = ?', 'UPDATE account SET balance = balance + ? WHERE id = ?'],
  ['mysql', 'SELECT a FROM t WHERE id = ?', 'PREPARE SELECT a FROM t WHERE id = ?'],
]

test.each(different)('%s: %s is not %s', (spelling, one, other) => {
  expect(statementKey(one, spelling)).not.toBe(statementKey(other, spelling))
})

test('lists of different lengths are summed up; what the server has not seen has no count', () => {
  const counted = [
    { text: 'SELECT a FROM t WHERE id IN ($1)', calls: 2, time_us: 10 },
    { text: 'select a from t where id in ($1, $2)', calls: 3, time_us: 30 },
    { text: 'SELECT b FROM t', calls: 100, time_us: 1 },
  ]
  expect(countsFor(['SELECT a FROM t WHERE id IN ($1)', 'SELECT c FROM t'], counted, 'postgres')).toEqual([{ calls: 5, time_us: 40 }, null])
})
