import { compare, inTurn } from '../compare.js'
import type { Experiment } from '../context.js'
import { runChild } from '../programs/child.js'
import { runOltp } from '../programs/oltp.js'
import { markdownTable, ratioText } from '../table.js'

const atMost = 3

/** `oltp --help` beside an empty Node program. */
export const startUp: Experiment = {
  name: 'start-up',
  async run(context) {
    const ours = async () => (await runOltp(['--help'], { env: {} })).elapsed_s
    const empty = async () => (await runChild(process.execPath, ['-e', '0'])).elapsed_s
    await ours()
    const time = compare(await inTurn(3 * context.pairs, ours, empty, (one, other) => context.log(`--help: ${one} s against ${other} s`)))
    const ms = (seconds: number) => `${Math.round(seconds * 1000)} ms`
    const row = ['`oltp --help` against `node -e 0`', ms(time.ours), ms(time.peer), ratioText(time), String(atMost)]
    return { markdown: markdownTable(['work', 'ours', 'Node', 'ratio', 'at most'], [row]), holds: time.ratio <= atMost }
  },
}
