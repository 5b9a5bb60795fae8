import { type Comparison, compare, inTurn, type Speed } from '../compare.js'
import type { BenchmarkServer, Context, Experiment } from '../context.js'
import { benchOltp, runOltp, speedOf } from '../programs/oltp.js'
import { benchPgbench } from '../programs/pgbench.js'
import { benchSysbench } from '../programs/sysbench.js'
import { markdownTable, ratioText, whole } from '../table.js'

/** A work that a peer does too, and what we want to reach beside it. */
interface Work {
  readonly title: string
  readonly peer: string
  readonly engine: 'postgres' | 'mysql'
  readonly prepare: readonly string[]
  readonly ours: readonly string[]
  bench(server: BenchmarkServer, seconds: number): Promise<Speed>
  readonly tpsAtLeast: number
  readonly cpuAtMost: number | null
}

const clients = 8
const scale = 10
const rows = 1_000_000
const namespace = 'oltp'

const tpcb = ['tpcb', '--set', `scale=${scale}`]
const pgbench = (flags: readonly string[]) => (server: BenchmarkServer, seconds: number) =>
  benchPgbench(
    server.target,
    [...flags, '-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(seconds), '-s', String(scale)],
    namespace,
  )
const sysbench = (script: string) => (server: BenchmarkServer, seconds: number) =>
  benchSysbench(server.target, script, { database: namespace, rows }, [`--threads=${clients}`, `--time=${seconds}`])

const works: readonly Work[] = [
  {
    title: 'point select, PostgreSQL',
    peer: '`pgbench -S -M prepared -j 1`',
    engine: 'postgres',
    prepare: tpcb,
    ours: [...tpcb, '--variant', 'select-only'],
    bench: pgbench(['-S']),
    tpsAtLeast: 0.78,
    cpuAtMost: 2.2,
  },
  {
    title: 'TPC-B, PostgreSQL',
    peer: '`pgbench -M prepared -j 1`',
    engine: 'postgres',
    prepare: tpcb,
    ours: tpcb,
    bench: pgbench([]),
    tpsAtLeast: 0.78,
    cpuAtMost: 3,
  },
  {
    title: 'TPC-B with `--pipeline`, PostgreSQL',
    peer: '`pgbench -M prepared -j 1`',
    engine: 'postgres',
    prepare: tpcb,
    ours: [...tpcb, '--pipeline'],
    bench: pgbench([]),
    tpsAtLeast: 1,
    cpuAtMost: null,
  },
  {
    title: 'point select, MySQL',
    peer: '`sysbench oltp_point_select --threads=8`',
    engine: 'mysql',
    prepare: ['point-select', '--set', `rows=${rows}`],
    ours: ['point-select', '--set', `rows=${rows}`],
    bench: sysbench('oltp_point_select'),
    tpsAtLeast: 0.55,
    cpuAtMost: 2.2,
  },
  {
    title: 'oltp_read_write, MySQL',
    peer: '`sysbench oltp_read_write --threads=8`',
    engine: 'mysql',
    prepare: ['read-write', '--set', `rows=${rows}`],
    ours: ['read-write', '--set', `rows=${rows}`],
    bench: sysbench('oltp_read_write'),
    tpsAtLeast: 0.6,
    cpuAtMost: null,
  },
]

/** The same work on the same tables of the same server by ours and by the C tools, in turn. */
export const peers: Experiment = {
  name: 'peers',
  async run(context) {
    const rows: string[][] = []
    let holds = true
    for (const work of works) {
      const { tps, cpu } = await measure(work, context)
      const good = tps.ratio >= work.tpsAtLeast && (work.cpuAtMost === null || (cpu !== null && cpu.ratio <= work.cpuAtMost))
      holds &&= good
      rows.push([
        work.title,
        work.peer,
        whole(tps.ours),
        whole(tps.peer),
        ratioText(tps),
        String(work.tpsAtLeast),
        cpu === null ? '' : `${cpu.ours.toFixed(1)} : ${cpu.peer.toFixed(1)}`,
        cpu === null ? '' : ratioText(cpu),
        work.cpuAtMost === null ? '' : String(work.cpuAtMost),
      ])
    }
    const head = ['work', 'peer', 'TPS, ours', 'peer', 'ratio', 'at least', 'client CPU, µs per transaction', 'ratio', 'at most']
    return { markdown: markdownTable(head, rows), holds }
  },
}

async function measure(work: Work, context: Context): Promise<{ readonly tps: Comparison; readonly cpu: Comparison | null }> {
  const server = await context.server(work.engine)
  await runOltp(['prepare', ...work.prepare], { env: server.env })
  const length = ['-c', String(clients), '--warmup', '2s', '-d', `${context.seconds}s`, '--no-tui']
  const ours = async () => speedOf(await benchOltp([...work.ours, ...length], { env: server.env, allowed: [99] }))
  const peer = () => work.bench(server, context.seconds)
  // The first of all runs finds cold caches.
  await peer()
  const pairs = await inTurn(context.pairs, ours, peer, (one, other) =>
    context.log(
      `${work.title}: ${whole(one.tps)} against ${whole(other.tps)} TPS, CPU ${one.cpu_us?.toFixed(1)} : ${other.cpu_us?.toFixed(1)} µs`,
    ),
  )
  const cpu = pairs.flatMap(([one, other]) => (one.cpu_us === null || other.cpu_us === null ? [] : [[one.cpu_us, other.cpu_us] as const]))
  return { tps: compare(pairs.map(([one, other]) => [one.tps, other.tps])), cpu: cpu.length === 0 ? null : compare(cpu) }
}
