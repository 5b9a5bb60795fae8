import { type Comparison, compare, inTurn } from '../compare.js'
import type { Context, Experiment } from '../context.js'
import { runOltp } from '../programs/oltp.js'
import { runPgbench } from '../programs/pgbench.js'
import { runSysbench } from '../programs/sysbench.js'
import { markdownTable, ratioText } from '../table.js'

const rows = 1_000_000

/** A million rows and their keys, from the start of the command to its end. */
export const seeding: Experiment = {
  name: 'seeding',
  async run(context) {
    const works = [
      { title: '1,000,000 accounts, then the key, PostgreSQL', peer: '`pgbench -i -s 10`', atMost: 1, measure: accounts },
      { title: '1,000,000 rows of sbtest1, MySQL', peer: '`sysbench oltp_point_select prepare`', atMost: 0.5, measure: records },
    ]
    const lines: string[][] = []
    let holds = true
    for (const { title, peer, atMost, measure } of works) {
      const time = await measure(context, title)
      holds &&= time.ratio <= atMost
      lines.push([title, peer, `${time.ours.toFixed(1)} s`, `${time.peer.toFixed(1)} s`, ratioText(time), String(atMost)])
    }
    return { markdown: markdownTable(['work', 'peer', 'ours', 'peer', 'ratio', 'at most'], lines), holds }
  },
}

async function accounts(context: Context, title: string): Promise<Comparison> {
  const { target, env } = await context.server('postgres')
  return times(
    context,
    title,
    async () => (await runOltp(['prepare', 'tpcb', '--set', 'scale=10', '--fresh'], { env })).elapsed_s,
    async () => (await runPgbench(target, ['-i', '-q', '-s', '10'])).elapsed_s,
  )
}

async function records(context: Context, title: string): Promise<Comparison> {
  const { target, env } = await context.server('mysql')
  const table = { database: 'sysbench', rows }
  await createDatabase(context, table.database)
  return times(
    context,
    title,
    async () => (await runOltp(['prepare', 'point-select', '--set', `rows=${rows}`, '--fresh'], { env })).elapsed_s,
    async () => {
      await runSysbench(target, 'oltp_point_select', 'cleanup', table)
      return (await runSysbench(target, 'oltp_point_select', 'prepare', table)).elapsed_s
    },
  )
}

async function createDatabase(context: Context, name: string): Promise<void> {
  const { openDatabase } = await import('#oltp/database/open.js')
  const { target } = await context.server('mysql')
  const options = { namespace: null, settings: {}, statementTimeoutMs: null, protocol: 'prepared', pipeline: false } as const
  const session = await (await openDatabase('mysql')).connect(target, options)
  await session.query(`CREATE DATABASE IF NOT EXISTS ${name}`)
  await session.end()
}

async function times(context: Context, title: string, ours: () => Promise<number>, peer: () => Promise<number>): Promise<Comparison> {
  return compare(
    await inTurn(context.pairs, ours, peer, (one, other) => context.log(`${title}: ${one.toFixed(2)} s against ${other.toFixed(2)} s`)),
  )
}
