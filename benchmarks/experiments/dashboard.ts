import { compare, inTurn } from '../compare.js'
import type { Experiment } from '../context.js'
import { benchOltp } from '../programs/oltp.js'
import { markdownTable, ratioText, whole } from '../table.js'

const atLeast = 0.97

/** What it costs to look: the same load with the dashboard on a terminal of 120 by 40, and without. */
export const dashboard: Experiment = {
  name: 'dashboard',
  async run(context) {
    const { env } = await context.server('postgres')
    const args = ['tpcb', '--set', 'scale=10', '--variant', 'select-only', '-c', '8', '--warmup', '2s', '-d', `${context.seconds}s`]
    const watched = async () => (await benchOltp(args, { env: { ...env, TERM: 'xterm-256color' }, wrap: onTerminal, allowed: [99] })).tps
    const alone = async () => (await benchOltp([...args, '--no-tui'], { env, allowed: [99] })).tps
    await alone()
    const tps = compare(
      await inTurn(context.pairs, watched, alone, (one, other) => context.log(`dashboard: ${whole(one)} against ${whole(other)} TPS`)),
    )
    const row = ['the dashboard against `--no-tui`, point select', whole(tps.ours), whole(tps.peer), ratioText(tps), String(atLeast)]
    return { markdown: markdownTable(['work', 'TPS with', 'without', 'ratio', 'at least'], [row]), holds: tps.ratio >= atLeast }
  },
}

/** On a terminal of its own, as util-linux's `script` makes one. */
function onTerminal(command: readonly string[]): readonly string[] {
  const quoted = command.map(word => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  return ['script', '--quiet', '--return', '--command', `stty rows 40 cols 120; exec ${quoted}`, '/dev/null']
}
