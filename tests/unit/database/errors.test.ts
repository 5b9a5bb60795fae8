import pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { Stage } from '#oltp/database/contract.js'
import { DeadlinePassed } from '#oltp/database/deadline.js'
import { classify as classifyMysql } from '#oltp/database/mysql/errors.js'
import { classify as classifyPostgres } from '#oltp/database/postgres/errors.js'

// What real servers can be made to say is tested on them (tests/integration/database/errors.test.ts). Here is the rest of the two tables.

const here = { read: false, readOnly: false, secrets: ['s3cret'] }

function postgres(code: string | Error, stage: Stage = 'body', more: { definite?: boolean; read?: boolean } = {}) {
  const error =
    typeof code === 'string' ? Object.assign(new pg.DatabaseError('said s3cret', 0, 'error'), { code, severity: 'ERROR' }) : code
  return classifyPostgres(error, { ...here, stage, definite: typeof code === 'string', ...more })
}

function mysql(errno: number | Error, stage: Stage = 'body', more: { read?: boolean; rollsBackOnTimeout?: boolean } = {}) {
  const error = typeof errno === 'number' ? Object.assign(new Error('said s3cret'), { errno, sqlState: 'HY000' }) : errno
  return classifyMysql(error, { ...here, rollsBackOnTimeout: false, stage, ...more })
}

function network(code: string, message = `read ${code}`): Error {
  return Object.assign(new Error(message), { code, errno: -104, syscall: 'read' })
}

describe('PostgreSQL', () => {
  it.each([
    ['40001', 'serialization', false, false],
    ['40P01', 'deadlock', false, false],
    ['55P03', 'lock_timeout', false, false],
    ['57014', 'statement_timeout', false, false],
    ['23P01', 'constraint', false, false],
    ['23001', 'constraint', false, false],
    ['22012', 'other', false, false],
    ['53200', 'other', false, false],
    ['53100', 'other', true, false],
    ['58030', 'other', true, false],
    ['XX001', 'other', true, false],
    ['42P05', 'connection', false, true],
    ['08006', 'connection', false, true],
    ['40003', 'connection', false, true],
  ])('%s in a transaction is %s', (code, outcome, fatal, sessionLost) => {
    expect(postgres(code)).toMatchObject({ code, sqlstate: code, outcome, fatal, sessionLost, stage: 'body' })
  })

  it('an ERROR at COMMIT is definite, except where the server says that it does not know', () => {
    expect(postgres('40001', 'commit')).toMatchObject({ outcome: 'serialization', sessionLost: false })
    expect(postgres('23505', 'commit')).toMatchObject({ outcome: 'constraint' })
    for (const code of ['40003', '08007', '08006'])
      expect(postgres(code, 'commit')).toMatchObject({ outcome: 'ambiguous', sessionLost: true })
    for (const code of ['40003', '08007']) expect(postgres(code, 'autocommit')).toMatchObject({ outcome: 'ambiguous' })
  })

  it.each([
    ['begin', false, 'connection'],
    ['body', false, 'connection'],
    ['rollback', false, 'connection'],
    ['commit', false, 'ambiguous'],
    ['commit', true, 'ambiguous'],
    ['autocommit', false, 'ambiguous'],
    ['autocommit', true, 'connection'],
  ] as const)('a connection lost at %s (a read: %s) is %s', (stage, read, outcome) => {
    for (const error of [network('ECONNRESET'), new Error('Connection terminated unexpectedly'), new DeadlinePassed('x')]) {
      expect(postgres(error, stage, { read })).toMatchObject({ outcome, sessionLost: true, fatal: false })
    }
    // The server's own last words do not make it definite.
    expect(postgres('57P01', stage, { read, definite: false })).toMatchObject({ outcome, code: '57P01', sessionLost: true })
    expect(postgres('57P04', stage, { read, definite: false })).toMatchObject({ outcome, fatal: true })
  })

  it.each([
    ['53300', 'connection', false],
    ['57P03', 'connection', false],
    ['08006', 'connection', false],
    ['28P01', 'other', true],
    ['28000', 'other', true],
    ['3D000', 'other', true],
    ['08P01', 'other', true],
  ])('%s at connect is %s, fatal: %s', (code, outcome, fatal) => {
    expect(postgres(code, 'connect')).toMatchObject({ code, outcome, fatal, sessionLost: true })
  })

  it.each([
    [network('ECONNREFUSED'), 'ECONNREFUSED', false],
    [new DeadlinePassed('no answer'), 'ETIMEDOUT', false],
    [new Error('Connection terminated unexpectedly'), 'CONNECTION_LOST', false],
    [new Error('The server does not support SSL connections'), 'TLS', true],
    [network('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'), 'TLS', true],
    [network('ERR_TLS_CERT_ALTNAME_INVALID', 'altname'), 'TLS', true],
    [new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string'), 'NO_PASSWORD', true],
    [new Error('surprise'), 'DRIVER', false],
    ['text', 'UNKNOWN', false],
  ])('%s at connect has the code %s', (error, code, fatal) => {
    const classified = classifyPostgres(error, { ...here, stage: 'connect', definite: false })
    expect(classified).toMatchObject({ code, fatal, sqlstate: null })
  })

  it('says nothing secret, and always something', () => {
    expect(postgres('22012').message).toBe('said •••')
    expect(postgres(Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }), 'connect').message).toBe('ECONNREFUSED')
  })
})

describe('MySQL and MariaDB', () => {
  it.each([
    [1213, 'deadlock', true, false, false],
    [1020, 'serialization', true, false, false],
    [1412, 'serialization', false, false, false],
    [1205, 'lock_timeout', false, false, false],
    [3572, 'lock_timeout', false, false, false],
    [1206, 'lock_timeout', true, false, false],
    [1317, 'statement_timeout', false, false, false],
    [3024, 'statement_timeout', false, false, false],
    [1969, 'statement_timeout', false, false, false],
    [1586, 'constraint', false, false, false],
    [1217, 'constraint', false, false, false],
    [1406, 'other', false, false, false],
    [1114, 'other', false, true, false],
    [1461, 'other', false, true, false],
    [1227, 'other', false, true, false],
    [1290, 'connection', false, false, true],
    [1243, 'connection', false, false, true],
    [1053, 'connection', false, false, true],
    [1927, 'connection', false, false, true],
    [2013, 'connection', false, false, true],
  ])('%s in a transaction is %s', (errno, outcome, transactionGone, fatal, sessionLost) => {
    const classified = mysql(errno)
    expect(classified.transactionGone).toBe(transactionGone)
    expect(classified.error).toMatchObject({ code: String(errno), outcome, fatal, sessionLost, stage: 'body' })
  })

  it('a lock time-out takes the transaction with it where the server is told to', () => {
    expect(mysql(1205, 'body', { rollsBackOnTimeout: true })).toMatchObject({ transactionGone: true, error: { outcome: 'lock_timeout' } })
  })

  it('certification that fails at COMMIT is a deadlock; a COMMIT that was interrupted is in doubt', () => {
    expect(mysql(1213, 'commit')).toMatchObject({ transactionGone: true, error: { outcome: 'deadlock', sessionLost: false } })
    for (const errno of [1317, 1969, 1053, 2013, 9002])
      expect(mysql(errno, 'commit').error).toMatchObject({ outcome: 'ambiguous', sessionLost: true })
  })

  it.each([
    ['begin', false, 'connection'],
    ['body', false, 'connection'],
    ['commit', false, 'ambiguous'],
    ['autocommit', false, 'ambiguous'],
    ['autocommit', true, 'connection'],
  ] as const)('a connection lost at %s (a read: %s) is %s', (stage, read, outcome) => {
    const lost = Object.assign(new Error('Connection lost: The server closed the connection.'), {
      code: 'PROTOCOL_CONNECTION_LOST',
      fatal: true,
    })
    for (const error of [network('ECONNRESET'), lost, new DeadlinePassed('x')]) {
      expect(mysql(error, stage, { read }).error).toMatchObject({ outcome, sessionLost: true, fatal: false, sqlstate: null })
    }
    expect(mysql(lost, stage, { read }).error.code).toBe('CONNECTION_LOST')
    // The driver did not send it at all.
    const closed = new Error("Can't add new command when connection is in closed state")
    expect(mysql(closed, stage, { read }).error).toMatchObject({ outcome: 'connection', sessionLost: true })
  })

  it.each([
    [1040, 'connection', false],
    [1226, 'connection', false],
    [1053, 'connection', false],
    [1045, 'other', true],
    [1049, 'other', true],
    [1698, 'other', true],
  ])('%s at connect is %s, fatal: %s', (errno, outcome, fatal) => {
    expect(mysql(errno, 'connect').error).toMatchObject({ outcome, fatal, sessionLost: true })
  })

  it.each([
    [network('ECONNREFUSED'), 'ECONNREFUSED', false],
    [network('HANDSHAKE_NO_SSL_SUPPORT', 'no SSL'), 'TLS', true],
    [network('HANDSHAKE_SSL_ERROR', 'self-signed'), 'TLS', true],
    [network('AUTH_SWITCH_PLUGIN_ERROR', 'plugin'), 'AUTH_SWITCH_PLUGIN_ERROR', true],
    [network('MYSQL_CLEAR_PASSWORD_NOT_ENABLED', 'clear'), 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED', true],
    [new Error('surprise'), 'DRIVER', false],
  ])('%s at connect has the code %s', (error, code, fatal) => {
    expect(mysql(error, 'connect').error).toMatchObject({ code, fatal })
  })

  it('takes the number wherever the driver left it', () => {
    expect(mysql(Object.assign(new Error('idle'), { code: 4031, fatal: true })).error).toMatchObject({
      code: '4031',
      outcome: 'connection',
    })
    expect(mysql(1406).error).toMatchObject({ message: 'said •••', sqlstate: 'HY000' })
  })
})
