import { parseArgs } from 'node:util'
import type { Experiment } from './context.js'
import { writeFinding } from './document.js'
import { dashboard } from './experiments/dashboard.js'
import { halfLoad } from './experiments/half-load.js'
import { history } from './experiments/history.js'
import { matrix } from './experiments/matrix.js'
import { peers } from './experiments/peers.js'
import { seeding } from './experiments/seeding.js'
import { stall } from './experiments/stall.js'
import { startUp } from './experiments/start-up.js'
import { starved } from './experiments/starved.js'
import { stubClients } from './experiments/stub-clients.js'
import { stubMemory } from './experiments/stub-memory.js'
import { withServers } from './servers.js'

/** `npm run benchmark [-- NAME … --pairs 7 --seconds 8]`: measures, and writes docs/performance.md. */
const experiments: readonly Experiment[] = [
  peers,
  seeding,
  dashboard,
  startUp,
  stubClients,
  stubMemory,
  starved,
  halfLoad,
  stall,
  history,
  matrix,
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pairs: { type: 'string', default: '7' }, seconds: { type: 'string', default: '8' } },
})
const unknown = positionals.filter(name => experiments.every(experiment => experiment.name !== name))
if (unknown.length > 0) {
  console.error(`there is no experiment ${unknown.join(', ')}; there are: ${experiments.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}
const chosen = positionals.length === 0 ? experiments : experiments.filter(({ name }) => positionals.includes(name))

await withServers(async server => {
  for (const experiment of chosen) {
    console.log(`\n── ${experiment.name}`)
    const finding = await experiment.run({
      pairs: Number(values.pairs),
      seconds: Number(values.seconds),
      server,
      log: line => console.log(line),
    })
    console.log(`\n${finding.markdown}\n`)
    if (!finding.holds) {
      console.log(`${experiment.name}: does not reach what it must`)
      process.exitCode = 1
    }
    writeFinding(experiment.name, finding.markdown)
  }
})
