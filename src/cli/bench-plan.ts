import type { BenchPlan } from '../run/bench.js'
import { loadScenario } from '../run/load-scenario.js'
import type { ResolvedScenario } from '../scenario/model.js'
import { resolveScenario } from '../scenario/resolve.js'
import type { BenchFlags } from './commands/bench.js'
import type { CliContext } from './context.js'
import { packageVersion } from './package-version.js'
import { withoutPassword } from './passwords.js'
import type { ChosenTarget } from './target-options.js'

/** The scenario that was named, as the flags have it. @throws OltpError exit 2 */
export async function scenarioOf(name: string, flags: BenchFlags, context: CliContext): Promise<ResolvedScenario> {
  return resolveScenario(await loadScenario(name, context.cwd), {
    variant: flags.variant ?? null,
    set: flags.set,
    overrides: {
      clients: flags.clients,
      durationMs: flags.duration ?? flags.time,
      transactions: flags.transactions,
      rate: flags.rate,
      arrivals: flags.arrivals,
      warmupMs: flags.warmup,
      isolation: flags.isolation,
      seed: flags.seed,
      thresholds: flags.threshold,
      maxTries: flags.maxTries,
    },
  })
}

export function planOf(scenario: ResolvedScenario, { target, throwaway }: ChosenTarget, flags: BenchFlags, context: CliContext): BenchPlan {
  return {
    scenario,
    target,
    throwaway,
    namespace: flags.namespace,
    confirm: flags.confirm ?? null,
    fresh: flags.fresh ?? false,
    threads: flags.threads ?? 1,
    protocol: flags.protocol,
    pipeline: flags.pipeline ?? false,
    latencyLimitMs: flags.latencyLimit ?? null,
    labels: Object.fromEntries(Object.entries(flags.label).map(([name, value]) => [name, withoutPassword(value)])),
    argv: context.argv.map(withoutPassword),
    version: packageVersion,
    ci: isCi(context.env),
  }
}

/** Clients, and three of ours: one holds the namespace, one checks invariants, one watches the server; with checks, one counts for them. */
export function sessionsOf(scenario: ResolvedScenario): number {
  return Math.max(...scenario.phases.map(phase => Math.max(phase.clients.from, phase.clients.to))) + (scenario.checks.length > 0 ? 4 : 3)
}

function isCi(env: CliContext['env']): boolean {
  return Boolean(env.CI) && env.CI !== 'false' && env.CI !== '0'
}
