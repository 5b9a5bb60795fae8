import { randomUUID } from 'node:crypto'
import type { ServerInfo } from '../database/contract.js'
import { exitCodes, OltpError } from '../errors.js'
import type { Result, ResultPhase } from '../measure/result.js'
import { evaluateThreshold } from '../measure/thresholds.js'
import { formatValue } from '../scenario/format-value.js'
import type { ResolvedScenario, Transaction } from '../scenario/model.js'
import type { Value } from '../scenario/values.js'
import type { BenchPlan } from './bench.js'
import type { VerifiedLoad } from './verified-load.js'

export interface ResultParts {
  readonly plan: BenchPlan
  readonly server: ServerInfo
  readonly verified: VerifiedLoad
  readonly notices: Result['series']['events']
  /** As it was before the run. */
  readonly environment: Result['environment']
}

/** The one document of a run, from all that was found out. @throws OltpError when the run broke before any phase began */
export function assembleResult({ plan, server, verified, notices, environment }: ResultParts): Result {
  const { scenario, target } = plan
  const { report, findings, startedAt, endedAt } = verified
  const headline = report.phases[report.headline]
  if (headline === undefined) throw brokeAtOnce(report.broken?.message ?? 'the load ended before it began')
  const { tps, latency, totals, wasted, transactions, statements } = headline
  return {
    schema: 'oltp.result/1',
    id: randomUUID(),
    tool: { name: 'oltp', version: plan.version, argv: [...plan.argv] },
    time: {
      start: new Date(startedAt).toISOString(),
      end: new Date(endedAt).toISOString(),
      epoch_ms: startedAt,
      measured_s: headline.duration_s,
    },
    interrupted: report.interrupted,
    broken: report.broken,
    labels: { ...plan.labels },
    scenario: describeScenario(scenario),
    load: describeLoad(plan, headline, report.connectMs),
    target: {
      engine: target.engine,
      product: server.product,
      version: server.version,
      server_id: server.serverId,
      address: target.socket ?? `${target.host}:${target.port}`,
      database: target.database,
      namespace: plan.namespace,
      tls: target.tls.mode,
      throwaway: plan.throwaway,
      // As the load's own sessions saw them.
      settings: { ...server.settings, ...scenario.session[server.dialect] },
    },
    validity: report.validity,
    generator: report.generator,
    steady: report.steady,
    server: findings.server,
    tps,
    latency,
    totals,
    wasted,
    transactions,
    statements: statements.map(one => ({ ...one, server: one.executions === 0 ? null : (findings.statements.get(one.sql) ?? null) })),
    phases: [...report.phases],
    series: { period_s: 1, assigned_by: 'end', ...report.series, events: notices },
    invariants: [...verified.invariants],
    checks: [...verified.checks],
    thresholds: scenario.thresholds.map(threshold => ({ expression: threshold.source, ...evaluateThreshold(threshold, headline) })),
    tallies: Object.fromEntries([...report.tallies].map(([name, tally]) => [name, formatValue(tally.value)])),
    environment,
  }
}

export function describeScenario(scenario: ResolvedScenario): Result['scenario'] {
  const { name, title, variant, randomSeed, file, sha256, text } = scenario
  const parameters = Object.fromEntries(Object.entries(scenario.parameters).map(([key, value]) => [key, plainParameter(value)]))
  return { name, title, variant, seed: randomSeed, parameters, file, sha256, text }
}

function plainParameter(value: Value): number | string | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (value !== null && typeof value === 'object' && 'float' in value) return value.float
  return formatValue(value)
}

function describeLoad(plan: BenchPlan, headline: ResultPhase, connectMs: number): Result['load'] {
  const phase = plan.scenario.phases.find(one => one.name === headline.name)
  const open = headline.rate_per_s !== null
  return {
    model: open ? 'open' : 'closed',
    arrivals: open ? (phase?.arrivals ?? null) : null,
    clients: headline.clients.to,
    threads: plan.threads,
    rate_per_s: headline.rate_per_s?.to ?? null,
    latency_limit_us: plan.latencyLimitMs === null ? null : Math.round(plan.latencyLimitMs * 1000),
    protocol: plan.protocol,
    pipeline: plan.pipeline,
    connect_ms: connectMs,
    transactions_per_client: phase?.transactions ?? null,
    max_tries: ofThoseThatRan(plan.scenario, headline, ({ retry }) => retry.maxAttempts),
    isolation: ofThoseThatRan(plan.scenario, headline, ({ isolation }) => isolation ?? 'default'),
  }
}

/** By name. */
function ofThoseThatRan<T>(
  scenario: ResolvedScenario,
  { transactions }: ResultPhase,
  value: (of: Transaction) => T,
): { [name: string]: T } {
  const ran = new Set(transactions.filter(({ totals }) => totals.started > 0).map(({ name }) => name))
  return Object.fromEntries(scenario.transactions.flatMap(one => (ran.has(one.name) ? [[one.name, value(one)]] : [])))
}

function brokeAtOnce(message: string): OltpError {
  return new OltpError('RUN_BROKE', exitCodes.broke, message, { hint: 'nothing was measured; mend what it says and run again' })
}
