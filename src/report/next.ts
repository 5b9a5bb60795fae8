import { parse } from 'yaml'
import { printable } from '../format.js'
import type { Result } from '../measure/result.js'

export interface NextCommand {
  readonly command: string
  readonly why: string
}

/** What to try next, depending on what was seen: commands to be run as they stand, two at most. */
export function nextCommands(result: Result): NextCommand[] {
  const fitting = result.broken === null ? rules : [brokenInvariant]
  return fitting.flatMap(rule => rule(result)).slice(0, 2)
}

type Rule = (result: Result) => NextCommand[]

const rules: readonly Rule[] = [
  interrupted,
  brokenInvariant,
  unsustained,
  busyGenerator,
  manyRetries,
  latencyAtFixedRate,
  higherRate,
  anotherVariant,
]

function interrupted(result: Result): NextCommand[] {
  return result.interrupted === 'no' ? [] : [{ command: again(result, [], []), why: 'the same, to its end' }]
}

function brokenInvariant(result: Result): NextCommand[] {
  if (!isBroken(result)) return []
  return [
    ...(result.broken === null ? anotherVariant(result) : []),
    { command: `oltp scenarios show ${scenarioArgument(result)}`, why: 'what the scenario promises, and its variants' },
  ]
}

function unsustained(result: Result): NextCommand[] {
  if (result.validity.status !== 'UNSUSTAINED') return []
  return [{ command: again(result, rateFlags, ['-R', round(result.tps * 0.8)]), why: 'a rate that it can keep up with' }]
}

function busyGenerator(result: Result): NextCommand[] {
  const busy = result.validity.checks.some(({ id, status }) => id === 'generator_busy' && status !== 'ok')
  const { threads } = result.load
  if (!busy || threads >= result.environment.logical_cores) return []
  return [
    { command: again(result, ['-j', '--threads'], ['-j', String(threads + 1)]), why: 'another load thread: the generator was the limit' },
  ]
}

function manyRetries(result: Result): NextCommand[] {
  const { retries, committed } = result.totals
  if (retries <= committed * 0.1) return []
  const other = anotherVariant(result)
  return other.length > 0 ? other : lessSkew(result)
}

function lessSkew(result: Result): NextCommand[] {
  const { skew } = result.scenario.parameters
  if (typeof skew !== 'number' || skew <= 0) return []
  return [{ command: again(result, [], ['--set', `skew=${Number((skew / 2).toPrecision(2))}`]), why: 'fewer clients on the same rows' }]
}

function latencyAtFixedRate(result: Result): NextCommand[] {
  if (result.load.model === 'open' || result.tps < 2 || isBroken(result)) return []
  return [{ command: again(result, rateFlags, ['-R', round(result.tps * 0.6)]), why: 'latency at 60% of this TPS, stalls not hidden' }]
}

function higherRate(result: Result): NextCommand[] {
  const { rate_per_s } = result.load
  if (rate_per_s === null || result.validity.status !== 'VALID' || isBroken(result)) return []
  return [{ command: again(result, rateFlags, ['-R', round(rate_per_s * 1.25)]), why: 'a quarter more: does latency hold?' }]
}

/** The next variant in the file after the one that ran. */
function anotherVariant(result: Result): NextCommand[] {
  const variants = variantsOf(result.scenario.text)
  const at = variants.findIndex(({ name }) => name === result.scenario.variant)
  const next = variants[(at + 1) % Math.max(1, variants.length)]
  if (next === undefined || next.name === result.scenario.variant) return []
  return [{ command: again(result, ['--variant'], ['--variant', next.name]), why: next.title || 'the same story told differently' }]
}

/** Names and titles, as the scenario's text has them. */
function variantsOf(text: string): { readonly name: string; readonly title: string }[] {
  const variants = field(parse(text), 'variants')
  if (typeof variants !== 'object' || variants === null) return []
  return Object.entries(variants).map(([name, variant]) => ({ name, title: printable(String(field(variant, 'title') ?? '')) }))
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

const rateFlags = ['-R', '--rate']
const outputFlags = ['-o', '--output', '-P', '--progress', '--label', '--report']
const outputSwitches = ['--json', '--no-tui', '--fresh', '--strict']

/** The command line of this run, without the flags in `without` and those of its output, with `more` at the end. */
function again(result: Result, without: readonly string[], more: readonly string[]): string {
  const dropped = [...without, ...outputFlags]
  const kept: string[] = []
  const { argv } = result.tool
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? ''
    if (outputSwitches.includes(argument) || dropped.some(flag => argument.startsWith(`${flag}=`))) continue
    if (dropped.includes(argument)) at++
    else kept.push(argument)
  }
  return ['oltp', ...kept, ...more].map(quoted).join(' ')
}

/** For the shell. A URL whose password was blotted out cannot be run as it stands. */
function quoted(argument: string): string {
  if (argument.includes('•••')) return argument.startsWith('--url=') ? '--url="$OLTP_URL"' : '"$OLTP_URL"'
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}

function scenarioArgument({ tool, scenario }: Result): string {
  return quoted(tool.argv.find(argument => /\.ya?ml$/.test(argument)) ?? scenario.name)
}

function isBroken(result: Result): boolean {
  return result.broken !== null || [...result.invariants, ...result.checks].some(({ held }) => !held)
}

function round(rate: number): string {
  return String(Math.max(1, Number(rate.toPrecision(2))))
}
