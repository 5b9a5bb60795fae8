import { printable } from '../format.js'
import type { Result, ResultLatency, ResultPhase, ResultTotals, ResultTransaction } from '../measure/result.js'
import { failuresOf } from './failures.js'
import { pgbenchNotes } from './pgbench-notes.js'

/**
 * The run as pgbench 18 reports one, under its field names and by its definitions, so that what reads pgbench's output reads ours:
 * shares are of transactions that committed, failed or were skipped; latency is of those that committed, all their tries included,
 * from the scheduled start where there is a rate; tps leaves out the time to connect. Where the two tools differ, notes at the end
 * say so. Unlike pgbench without -P, -R or -L, the average is measured, not the run time over the transactions.
 */
export function reportAsPgbench(result: Result, savedTo: string | null): string {
  const { load, phases, tool, target } = result
  const phase = phases.findLast(({ measured }) => measured)
  const heading = `oltp ${tool.version} in the terms of pgbench 18 (${target.product} ${target.version})`
  const notes = [...pgbenchNotes(result, phase), ...(savedTo === null ? [] : [`the whole result is in ${savedTo}`])]
  const scripts = scriptsOf(result)
  const tried = Object.values(load.max_tries)
  const lines = [
    heading,
    `transaction type: ${scripts.length === 1 ? scriptName(result, scripts[0] as ResultTransaction) : 'multiple scripts'}`,
    ...scalingFactor(result),
    `query mode: ${load.protocol}`,
    `number of clients: ${load.clients}`,
    `number of threads: ${load.threads}`,
    ...(tried.includes(null) || tried.length === 0 ? [] : [`maximum number of tries: ${Math.max(...tried.map(Number))}`]),
    ...lengthLines(result),
    ...countLines(result, result.totals, ''),
    ...latencyLines('latency', result.latency),
    ...(phase === undefined ? [] : scheduleLag(load.model, phase)),
    `initial connection time = ${load.connect_ms.toFixed(3)} ms`,
    `tps = ${result.tps.toFixed(6)} (without initial connection time)`,
    ...scripts.flatMap((script, at) => scriptLines(result, scripts, script, at)),
  ]
  return `${[...lines, ...notes.map(note => `note: ${note}`)].join('\n')}\n`
}

/** Those that have a part in the mix. */
function scriptsOf({ transactions }: Result): ResultTransaction[] {
  return transactions.filter(({ weight, totals }) => weight > 0 || totals.started > 0)
}

function scriptName({ scenario }: Result, { name }: ResultTransaction): string {
  return printable(`${scenario.name}/${name}`)
}

function scalingFactor({ scenario }: Result): string[] {
  const { scale } = scenario.parameters
  return typeof scale === 'number' && Number.isInteger(scale) ? [`scaling factor: ${scale}`] : []
}

function lengthLines({ load, totals, time }: Result): string[] {
  const { transactions_per_client: each, clients } = load
  const processed = `number of transactions actually processed: ${totals.committed}`
  return each === null
    ? [`duration: ${Number(time.measured_s.toFixed(1))} s`, processed]
    : [`number of transactions per client: ${each}`, `${processed}/${each * clients}`]
}

/** All that pgbench counts as a transaction: executed, failed, skipped. */
function allOf({ committed, failed, skipped }: ResultTotals): number {
  return committed + failed + skipped
}

function countLines({ load }: Result, totals: ResultTotals, prefix: string): string[] {
  const all = allOf(totals)
  const counted = (name: string, count: number, of = all) => `${prefix}number of ${name}: ${count} (${percent(count, of)}%)`
  const failures = failuresOf(totals)
  const mayRetry = Object.values(load.max_tries).some(tries => tries !== 1)
  const whole = prefix === ''
  const { latency_limit_us: limit } = load
  if (all === 0) return []
  return [
    counted('failed transactions', totals.failed),
    ...(totals.failed === 0 || failures === null
      ? []
      : [
          counted('serialization failures', failures.serialization),
          counted('deadlock failures', failures.deadlock),
          counted('other failures', failures.other),
        ]),
    ...(mayRetry ? [counted('transactions retried', totals.retried), `${prefix}total number of retries: ${totals.retries}`] : []),
    // Which of the transactions a skipped arrival would have been is not drawn any more.
    ...(whole && limit !== null && load.model === 'open' ? [counted('transactions skipped', totals.skipped)] : []),
    ...(whole && limit !== null
      ? [
          `number of transactions above the ${(limit / 1000).toFixed(1)} ms latency limit: ${totals.late}/${totals.committed} (${percent(totals.late, totals.committed)}%)`,
        ]
      : []),
  ]
}

function latencyLines(prefix: string, { mean_us, stddev_us }: ResultLatency): string[] {
  if (mean_us === null || stddev_us === null) return []
  return [`${prefix} average = ${(mean_us / 1000).toFixed(3)} ms`, `${prefix} stddev = ${(stddev_us / 1000).toFixed(3)} ms`]
}

/**
 * pgbench's lag runs from the scheduled start to the actual one, whoever is to blame for it: our lag and our queue together. The
 * largest sum is not kept; it is at most the sum of the largest, and never above the largest latency.
 */
function scheduleLag(model: Result['load']['model'], { lag, queue, latency }: ResultPhase): string[] {
  if (model === 'closed' || lag.mean_us === null || queue.mean_us === null) return []
  const most = Math.min((lag.max_us ?? 0) + (queue.max_us ?? 0), latency.max_us ?? 0)
  return [`rate limit schedule lag: avg ${((lag.mean_us + queue.mean_us) / 1000).toFixed(3)} (max ${(most / 1000).toFixed(3)}) ms`]
}

/** As under -r, and for each of several scripts what pgbench says of it. */
function scriptLines(result: Result, scripts: readonly ResultTransaction[], script: ResultTransaction, at: number): string[] {
  const several = scripts.length > 1
  const prefix = several ? ' - ' : ''
  const weights = scripts.reduce((sum, { weight }) => sum + weight, 0)
  const { weight, totals, tps, latency } = script
  const own = [
    `SQL script ${at + 1}: ${scriptName(result, script)}`,
    ` - weight: ${Number(weight.toFixed(2))} (targets ${percent(weight, weights, 1)}% of total)`,
    ` - ${allOf(totals)} transactions (${percent(allOf(totals), allOf(result.totals), 1)}% of total)`,
    ...(allOf(totals) === 0
      ? []
      : [
          ` - number of transactions actually processed: ${totals.committed} (tps = ${tps.toFixed(6)})`,
          ...countLines(result, totals, prefix),
          ...latencyLines(' - latency', latency),
        ]),
  ]
  return [...(several ? own : []), ...statementLines(result, script.name, prefix)]
}

/** The form that pgbench had before 15, without the failures of each statement: those are counted by transaction here. */
function statementLines({ statements }: Result, transaction: string, prefix: string): string[] {
  const own = statements.filter(({ name }) => name.startsWith(`${transaction}/`))
  if (own.length === 0) return []
  const rows = own.map(({ sql, latency }) => {
    const ms = ((latency.mean_us ?? 0) / 1000).toFixed(3)
    return `   ${ms.padStart(11)}  ${printable(sql.split('\n')[0] ?? '')}`
  })
  return [`${prefix}statement latencies in milliseconds:`, ...rows]
}

function percent(count: number, of: number, digits = 3): string {
  return (of === 0 ? 0 : (100 * count) / of).toFixed(digits)
}
