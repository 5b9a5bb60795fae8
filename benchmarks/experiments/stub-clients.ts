import { compare, inTurn } from '../compare.js'
import type { Context, Experiment } from '../context.js'
import { runOltp } from '../programs/oltp.js'
import { markdownTable, ratioText, whole } from '../table.js'

const [many, few] = [1000, 64]
const atLeast = 0.8

/** What a thousand clients on one thread reach beside sixty-four, against a server that answers at once. */
export const stubClients: Experiment = {
  name: 'stub-clients',
  async run(context) {
    const rows: string[][] = []
    let holds = true
    for (const engine of ['postgres', 'mysql'] as const) {
      const pairs = await inTurn(
        context.pairs,
        () => ceiling(context, engine, many),
        () => ceiling(context, engine, few),
        (one, other) => context.log(`${engine} stub: ${whole(one.tps)} with ${many} clients, ${whole(other.tps)} with ${few}`),
      )
      const failed = pairs.reduce((sum, both) => sum + both[0].failed + both[1].failed, 0)
      const tps = compare(pairs.map(([one, other]) => [one.tps, other.tps]))
      holds &&= tps.ratio >= atLeast && failed === 0
      rows.push([`point select, ${engine} stub`, whole(tps.ours), whole(tps.peer), ratioText(tps), String(atLeast), String(failed)])
    }
    const head = ['one thread', `TPS, ${many} clients`, `${few} clients`, 'ratio', 'at least', 'errors']
    return { markdown: markdownTable(head, rows), holds }
  },
}

async function ceiling(context: Context, engine: 'postgres' | 'mysql', clients: number): Promise<{ tps: number; failed: number }> {
  const { env } = await context.server(engine)
  const length = ['-c', String(clients), '--warmup', '2s', '-d', `${context.seconds}s`]
  const { stdout } = await runOltp(['bench', 'point-select', '--calibrate', ...length, '--json', '--no-tui'], { env })
  const { tps, totals } = JSON.parse(stdout) as { readonly tps: number; readonly totals: { readonly failed: number } }
  return { tps, failed: totals.failed }
}
