import { claimExistingNamespace, dropNamespace, planDrop, releaseNamespace, requireConfirmation } from '../database/namespace.js'
import { describeTarget } from '../database/url.js'
import { withControl } from '../run/control.js'
import type { CleanFlags } from './commands/clean.js'
import type { CliContext } from './context.js'
import { preparationLines } from './preparation-lines.js'
import { Stop } from './stop.js'
import { withTarget } from './target-options.js'

/** `oltp clean`, once its flags are read. */
export async function clean(flags: CleanFlags, context: CliContext): Promise<void> {
  const { namespace, confirm = null, dryRun = false } = flags
  const say = (text: string) => context.stdout.write(`${text}\n`)
  const stop = new Stop(context)
  try {
    const needs = { env: context.env, listener: preparationLines(context.stderr), maxConnections: 2, signal: stop.control.drain }
    await withTarget(flags, needs, ({ target }) => {
      requireConfirmation(target, confirm)
      return withControl(target, stop.control.drain, async ({ database, session, serverInfo }) => {
        const place = `namespace «${namespace}» at ${describeTarget(target)}`
        const claim = await claimExistingNamespace({ database, session, target, serverInfo, namespace, confirm })
        if (claim === null) return say(`nothing to clean: there is no ${place}`)
        const plan = await planDrop(claim)
        say(`${dryRun ? 'would drop' : 'dropping'} ${place}:`)
        for (const { kind, name } of plan) say(`  ${kind} ${name}`)
        say('  our bookkeeping, and the namespace itself')
        if (!dryRun) await dropNamespace(claim, plan)
        await releaseNamespace(claim)
        return say(dryRun ? 'nothing was dropped' : 'dropped')
      })
    })
  } finally {
    stop.release()
  }
}
