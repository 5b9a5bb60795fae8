import type { Connection } from 'mysql2'
import { DatabaseError, type SessionOptions, type Target } from '../contract.js'
import { withDeadline } from '../deadline.js'
import { classify } from './errors.js'
import { spokenLevel } from './isolation.js'
import { loggedIn, openLink, ready, type ServerFacts } from './link.js'
import { MysqlSession } from './session.js'
import { sendText } from './statements.js'

/** Connects, and makes the session what `options` say, within the target's time-out. */
export async function connect(target: Target, options: SessionOptions): Promise<MysqlSession> {
  const link = openLink(target, options.namespace ?? target.database)
  try {
    const facts = await withDeadline(target.connectTimeoutMs, prepareSession(link.connection, options), () => link.socket.destroy())
    return new MysqlSession(loggedIn(link), target, options, facts)
  } catch (error) {
    link.socket.destroy()
    throw classify(error, { stage: 'connect', read: true, readOnly: false, rollsBackOnTimeout: false, secrets: [target.password] }).error
  }
}

export async function prepareSession(connection: Connection, options: SessionOptions): Promise<ServerFacts> {
  const version = await ready(connection)
  const product = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL'
  const isolation = product === 'MariaDB' ? '@@GLOBAL.tx_isolation' : '@@GLOBAL.transaction_isolation'
  await sendText(connection, settingsStatement(options, product))
  const { rows } = await sendText(connection, `SELECT ${isolation}, @@innodb_rollback_on_timeout, @@max_allowed_packet`)
  const [level, rollsBack, packet] = rows[0] ?? []
  return {
    product,
    defaultIsolation: spokenLevel(String(level)) ?? 'repeatable read',
    rollsBackOnTimeout: rollsBack === 1,
    maxAllowedPacket: Number(packet),
  }
}

function settingsStatement({ settings, statementTimeoutMs }: SessionOptions, product: ServerFacts['product']): string {
  const timeout =
    product === 'MariaDB'
      ? { max_statement_time: String((statementTimeoutMs ?? 0) / 1000) }
      : { max_execution_time: String(Math.ceil(statementTimeoutMs ?? 0)) }
  const all = Object.entries({ time_zone: '+00:00', ...(statementTimeoutMs === null ? {} : timeout), ...settings })
  for (const [name, value] of all) checkSetting(name, value)
  return `SET ${all.map(([name, value]) => `@@SESSION.${name} = ${settingValue(value)}`).join(', ')}`
}

function checkSetting(name: string, value: string): void {
  if (!/^[a-z][a-z0-9_]*$/i.test(name)) throw badSetting(`${JSON.stringify(name)} is not the name of a setting`)
  const isEncoding = /^(?:character_set_(?:client|connection|results)|collation_connection)$/i.test(name)
  if (isEncoding && !/^utf8/i.test(value)) throw badSetting(`${name} cannot be ${JSON.stringify(value)}: text goes to and fro in UTF-8`)
}

function badSetting(message: string): DatabaseError {
  return new DatabaseError(message, {
    outcome: 'other',
    code: 'BAD_SETTING',
    sqlstate: null,
    stage: 'connect',
    sessionLost: true,
    fatal: true,
  })
}

// Numeric settings refuse quoted numbers, all others take quoted words, ON and OFF included.
function settingValue(value: string): string {
  if (/^-?\d+(\.\d+)?$/.test(value)) return value
  return `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
}
