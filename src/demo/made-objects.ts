import type { NamespaceObject } from '../database/operations.js'
import type { Dialect } from '../scenario/model.js'

/**
 * What statements will make, as far as their words tell: written down as ours before it is there, it can be cleaned up whenever we are cut
 * off. A temporary table is nobody's concern.
 */
export function objectsMadeBy(statements: readonly string[], dialect: Dialect): readonly NamespaceObject[] {
  return statements.flatMap(text => {
    const [, kind = '', quote = '', name = ''] = creation.exec(text) ?? []
    if (name === '') return []
    return [
      { kind: kind.toLowerCase() === 'domain' ? 'type' : kind.toLowerCase(), name: foldsCase(dialect, quote) ? name.toLowerCase() : name },
    ]
  })
}

const creation =
  /^\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:UNLOGGED\s+)?(TABLE|VIEW|SEQUENCE|TYPE|DOMAIN)\s+(?:IF\s+NOT\s+EXISTS\s+)?(["`]?)([\p{L}_][\p{L}\d_$]*)\2/iu

function foldsCase(dialect: Dialect, quote: string): boolean {
  return dialect === 'postgres' && quote === ''
}
