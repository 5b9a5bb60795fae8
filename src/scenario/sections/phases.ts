import type { Reader, YamlMap, YamlNode } from '../diagnostics.js'
import type { Phase } from '../model.js'
import { nearest } from '../nearest.js'
import { describe, keysOf } from '../reader.js'
import { phaseSchema } from '../schema.js'
import { parseRate } from '../units.js'
import { readName, refuseSameNames } from './names.js'
import { readWeights } from './weights.js'

/** What a scenario without `phases:` runs. */
export const defaultPhases: readonly Phase[] = [
  { ...constantPhase('warmup', 3000), measure: false },
  { ...constantPhase('steady', 12_000), measure: true },
]

const defaultClients = 8
const maxClients = 10_000
const maxRate = 10_000_000
const maxDurationMs = 7 * 24 * 3_600_000

function constantPhase(name: string, durationMs: number): Omit<Phase, 'measure'> {
  const clients = { from: 8, to: 8 }
  return { name, clients, durationMs, transactions: null, rate: null, arrivals: 'poisson', weights: null }
}

/** `phases:`, at least one of them measured. */
export function readPhases(node: YamlNode, transactions: readonly string[], reader: Reader): readonly Phase[] {
  const items = reader.list(node, '`phases`')
  const phases = items.map(item => readPhase(item, transactions, reader))
  refuseSameNames(
    phases.map((phase, index) => ({ name: phase.name, at: items[index] ?? node })),
    'phase',
    reader,
  )
  if (node.kind === 'list' && !phases.some(phase => phase.measure)) {
    reader.problem(node, 'no phase is measured', { hint: 'remove `measure: false` from one of them, or add one' })
  }
  return phases
}

function readPhase(node: YamlNode, transactions: readonly string[], reader: Reader): Phase {
  const map = reader.map(node, 'a phase', keysOf(phaseSchema), ['name'])
  const get = (key: string) => reader.get(map, key)
  const name = get('name')
  const measure = get('measure')
  const arrivals = get('arrivals')
  const weights = get('weights')
  const rate = get('rate')
  if (arrivals && !rate) reader.problem(arrivals, '`arrivals` needs a `rate`', { hint: 'add `rate: 500/s`, or remove `arrivals`' })
  const phase = {
    name: name ? readName(name, '`name`', reader) : '',
    clients: readClients(get('clients'), reader),
    ...readExtent(map, reader),
    rate: rate ? readRange(rate, '`rate`', reader, readRate) : null,
    arrivals: arrivals ? reader.oneOf(arrivals, 'arrivals', ['constant', 'poisson']) : ('poisson' as const),
    measure: measure ? reader.boolean(measure, '`measure`') : true,
    weights: weights ? readWeights(weights, 'the weights of a phase', transactions, reader) : null,
  }
  const ramp = (['clients', 'rate'] as const).find(key => get(key)?.kind === 'map')
  const ramped = ramp && get(ramp)
  if (ramped && phase.transactions !== null) {
    reader.problem(ramped, `a ramp needs a \`duration\`, this phase has \`transactions\``, { hint: 'give it a `duration`' })
  }
  return phase
}

function readExtent(map: YamlMap, reader: Reader): Pick<Phase, 'durationMs' | 'transactions'> {
  const duration = reader.get(map, 'duration')
  const transactions = reader.get(map, 'transactions')
  if (duration && transactions)
    reader.problem(transactions, 'a phase has a `duration` or a number of `transactions`, not both', { hint: 'remove one' })
  if (transactions && !duration) return { durationMs: null, transactions: reader.integer(transactions, '`transactions`', { min: 1 }) }
  if (!duration) {
    const misspelt = map.entries.some(entry => nearest(entry.key, keysOf(phaseSchema)) === 'duration')
    if (map.entries.length > 0 && !misspelt) {
      reader.problem(map.entries[0]?.keyNode ?? map, 'a phase lacks its length', { hint: 'add `duration: 12s`' })
    }
    return { durationMs: 1, transactions: null }
  }
  const durationMs = reader.duration(duration, '`duration`')
  if (durationMs <= 0)
    reader.problem(duration, '`duration` must be more than 0', { hint: 'give it a length, as in 12s, or remove the phase' })
  if (durationMs > maxDurationMs) reader.problem(duration, '`duration` must be a week at most', { hint: 'shorten it' })
  return { durationMs, transactions: null }
}

function readClients(node: YamlNode | undefined, reader: Reader): Phase['clients'] {
  if (!node) return { from: defaultClients, to: defaultClients }
  return readRange(node, '`clients`', reader, (value, what) => reader.integer(value, what, { min: 1, max: maxClients }))
}

function readRange(node: YamlNode, what: string, reader: Reader, read: (node: YamlNode, what: string, reader: Reader) => number) {
  if (node.kind !== 'map') {
    const value = read(node, what, reader)
    return { from: value, to: value }
  }
  const map = reader.map(node, what, ['from', 'to'], ['from', 'to'])
  const from = reader.get(map, 'from')
  const to = reader.get(map, 'to')
  return { from: from ? read(from, '`from`', reader) : 1, to: to ? read(to, '`to`', reader) : 1 }
}

function readRate(node: YamlNode, what: string, reader: Reader): number {
  const rate = node.kind === 'scalar' ? parseRate(node.source) : null
  if (rate === null) {
    const bare = node.kind === 'scalar' && typeof node.value === 'number'
    reader.problem(node, `${what} must be a rate, found ${describe(node)}`, {
      hint: bare ? `with its unit, as in ${node.source}/s` : 'as in 500/s or 30/m',
    })
  } else if (rate <= 0 || rate > maxRate) {
    reader.problem(node, `${what} must be more than 0 and at most ${maxRate}/s`, { hint: 'as in 500/s or 30/m' })
  }
  return rate ?? 1
}
