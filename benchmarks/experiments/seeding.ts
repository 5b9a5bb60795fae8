import { type Comparison, compare, inTurn } from '../compare.js'
import type { Context, Experiment } from '../context.js'
import { runOltp } from '../programs/oltp.js'
import { runPgbench } from '../programs/pgbench.js'
import { runSysbench } from '../programs/sysbench.js'
import { markdownTable, ratioText } from '../table.js'

const rows = 1_000_000

/** What a tool took to load, as it says so itself, and its whole command, from its start to its end. */
interface Took {
  readonly seeding_s: number
  readonly command_s: number
}

/** A million rows and their keys. */
export const seeding: Experiment = {
  name: 'seeding',
  async run(context) {
    const works = [
      { title: '1,000,000 accounts, then the key, PostgreSQL', peer: '`pgbench -i -s 10`', atMost: 1, measure: accounts },
      {
        title: '1,000,000 rows of sbtest1, then the index, MySQL',
        peer: '`sysbench oltp_point_select prepare`',
        atMost: 0.5,
        measure: records,
      },
    ]
    const lines: string[][] = []
    let holds = true
    for (const { title, peer, atMost, measure } of works) {
      const pairs = await measure(context, title)
      const seeding = compare(pairs.map(([ours, other]) => [ours.seeding_s, other.seeding_s]))
      const command = compare(pairs.map(([ours, other]) => [ours.command_s, other.command_s]))
      holds &&= seeding.ratio <= atMost
      lines.push([title, peer, seconds(seeding), ratioText(seeding), String(atMost), seconds(command), ratioText(command)])
    }
    const head = ['work', 'peer', 'seeding, ours : peer', 'ratio', 'at most', 'whole command, ours : peer', 'ratio']
    return { markdown: markdownTable(head, lines), holds }
  },
}

type Pairs = readonly (readonly [ours: Took, peer: Took])[]

async function accounts(context: Context, title: string): Promise<Pairs> {
  const { target, env } = await context.server('postgres')
  return times(
    context,
    title,
    () => prepare(['tpcb', '--set', 'scale=10'], env),
    async () => {
      const { stderr, elapsed_s } = await runPgbench(target, ['-i', '-q', '-s', '10'])
      return { seeding_s: Number(/done in ([\d.]+) s/.exec(stderr)?.[1]), command_s: elapsed_s }
    },
  )
}

async function records(context: Context, title: string): Promise<Pairs> {
  const { target, env } = await context.server('mysql')
  const table = { database: 'sysbench', rows }
  await createDatabase(context, table.database)
  return times(
    context,
    title,
    () => prepare(['point-select', '--set', `rows=${rows}`], env),
    async () => {
      await runSysbench(target, 'oltp_point_select', 'cleanup', table)
      // It says nothing of the time; it starts within a few milliseconds.
      const { elapsed_s } = await runSysbench(target, 'oltp_point_select', 'prepare', table)
      return { seeding_s: elapsed_s, command_s: elapsed_s }
    },
  )
}

async function prepare(scenario: readonly string[], env: NodeJS.ProcessEnv): Promise<Took> {
  const { stdout, elapsed_s } = await runOltp(['prepare', ...scenario, '--fresh'], { env })
  // The peers leave the checkpoint to the first run.
  const [, load, statistics] = /rows and keys ([\d.]+) s, statistics ([\d.]+) s/.exec(stdout) ?? []
  return { seeding_s: Number(load) + Number(statistics), command_s: elapsed_s }
}

async function createDatabase(context: Context, name: string): Promise<void> {
  const { openDatabase } = await import('#oltp/database/open.js')
  const { target } = await context.server('mysql')
  const options = { namespace: null, settings: {}, statementTimeoutMs: null, protocol: 'prepared', pipeline: false } as const
  const session = await (await openDatabase('mysql')).connect(target, options)
  await session.query(`CREATE DATABASE IF NOT EXISTS ${name}`)
  await session.end()
}

function times(context: Context, title: string, ours: () => Promise<Took>, peer: () => Promise<Took>): Promise<Pairs> {
  return inTurn(context.pairs, ours, peer, (one, other) =>
    context.log(`${title}: ${one.seeding_s.toFixed(2)} s against ${other.seeding_s.toFixed(2)} s`),
  )
}

function seconds({ ours, peer }: Comparison): string {
  return `${ours.toFixed(2)} : ${peer.toFixed(2)} s`
}
