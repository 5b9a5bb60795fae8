import { claimNamespace, releaseNamespace, requireConfirmation } from '../database/namespace.js'
import { describeTarget } from '../database/url.js'
import { formatCount } from '../format.js'
import { withControl } from '../run/control.js'
import { loadScenario } from '../run/load-scenario.js'
import { type PreparedData, prepareData } from '../run/prepare.js'
import { resolveScenario } from '../scenario/resolve.js'
import type { PrepareFlags } from './commands/prepare.js'
import type { CliContext } from './context.js'
import { preparationLines } from './preparation-lines.js'
import { Stop } from './stop.js'
import { withTarget } from './target-options.js'

/** `oltp prepare`, once its flags are read. */
export async function prepare(name: string, flags: PrepareFlags, context: CliContext): Promise<void> {
  const scenario = resolveScenario(await loadScenario(name, context.cwd), {
    variant: flags.variant ?? null,
    set: flags.set,
    overrides: flags.seed === undefined ? {} : { seed: flags.seed },
  })
  const { namespace, confirm = null, fresh = false } = flags
  const listener = preparationLines(context.stderr)
  const stop = new Stop(context)
  try {
    const needs = { env: context.env, listener, maxConnections: 2, signal: stop.control.drain }
    await withTarget(flags, needs, ({ target }) => {
      requireConfirmation(target, confirm)
      return withControl(target, stop.control.drain, async ({ database, session, serverInfo }) => {
        const claim = await claimNamespace({ database, session, target, serverInfo, namespace, confirm })
        const { tables, reason, took } = await prepareData({ database, session, namespace, serverInfo, scenario, fresh, listener })
        await releaseNamespace(claim)
        const rows = tables.map(({ table, rows }) => `  ${table}  ${formatCount(rows)} rows\n`).join('')
        const what = took === null ? `kept, ${reason}` : `seeded in ${durations(took)}, ${reason}`
        context.stdout.write(`${scenario.name} is ready in namespace «${namespace}» at ${describeTarget(target)}: ${what}\n${rows}`)
      })
    })
  } finally {
    stop.release()
  }
}

/** As pgbench says it after `-i`. */
function durations({ load_s, statistics_s, checkpoint_s }: NonNullable<PreparedData['took']>): string {
  const parts = [
    `rows and keys ${load_s.toFixed(2)} s`,
    `statistics ${statistics_s.toFixed(2)} s`,
    `checkpoint ${checkpoint_s.toFixed(2)} s`,
  ]
  return `${(load_s + statistics_s + checkpoint_s).toFixed(2)} s (${parts.join(', ')})`
}
