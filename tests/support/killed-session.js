// Kills its own idle session from another one: `ours` must outlive that, a `bare` driver without listeners does not.
import mysql from 'mysql2'
import pg from 'pg'
import { openDatabase } from '#oltp/database/open.js'
import { parseTarget } from '#oltp/database/url.js'

const target = parseTarget(process.env.KILLED_URL, {})
const database = await openDatabase(target.engine)
const options = { namespace: null, settings: {}, statementTimeoutMs: null, protocol: 'prepared' }
const killer = await database.connect(target, options)

const id = process.argv[2] === 'ours' ? (await database.connect(target, options)).id : await connectBare()
await killer.query(target.engine === 'postgres' ? `SELECT pg_terminate_backend(${id})` : `KILL ${id}`)
await new Promise(resolve => setTimeout(resolve, 500))
await killer.end()
process.stdout.write('still here')
process.exit(0)

async function connectBare() {
  const { host, port, user, password } = target
  if (target.engine === 'postgres') {
    const client = new pg.Client({ host, port, user, password, database: target.database })
    await client.connect()
    return client.processID
  }
  const connection = mysql.createConnection({ host, port, user, password })
  await new Promise(resolve => connection.connect(resolve))
  return connection.threadId
}
