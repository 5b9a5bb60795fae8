import type { NamespaceObject } from '../database/operations.js'

/**
 * What statements will make, as far as their words tell: written down as ours before it is there, it can be cleaned up whenever we are cut
 * off. A temporary table is nobody's concern.
 *
 * @param storedName how the server keeps a name that stands there without quotes
 */
export function objectsMadeBy(statements: readonly string[], storedName: (name: string) => string): readonly NamespaceObject[] {
  return statements.flatMap(text => {
    const [, found = '', quote = '', name = ''] = creation.exec(text) ?? []
    const kind = found.toLowerCase()
    return name === '' ? [] : [{ kind: kind === 'domain' ? 'type' : kind, name: quote === '' ? storedName(name) : name }]
  })
}

const creation =
  /^\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:UNLOGGED\s+)?(TABLE|VIEW|SEQUENCE|TYPE|DOMAIN)\s+(?:IF\s+NOT\s+EXISTS\s+)?(["`]?)([\p{L}_][\p{L}\d_$]*)\2/iu

/** Whether statements speak of an object: what nobody of ours names is not of our making, whenever it came. */
export function isNamedIn({ name }: NamespaceObject, statements: readonly string[]): boolean {
  const spoken = new Set(statements.flatMap(wordsOf))
  // Arguments of a function, or the table of a trigger, come after its own name.
  return wordsOf(name.replace(/\(.*| on .*/s, '')).every(word => spoken.has(word))
}

function wordsOf(text: string): readonly string[] {
  return [...text.toLowerCase().matchAll(/[\p{L}_][\p{L}\d_$]*/gu)].map(([word]) => word)
}
