import type { StepContext, YamlMap } from '../diagnostics.js'

/** Reports a step that needs an open transaction where there is none. */
export function requireTransaction(map: YamlMap, kind: string, context: StepContext): void {
  const at = map.entries.find(entry => entry.key === kind)?.keyNode ?? map
  if (context.afterCommit) {
    context.problem(at, `\`${kind}\` has nothing to undo after the commit`, { hint: 'move it to `steps`' })
  } else if (context.transaction.autocommit) {
    context.problem(at, `\`${kind}\` needs a transaction, and this one is \`autocommit\``, { hint: 'remove `autocommit`' })
  }
}
