import type { Reader, YamlEntry, YamlNode } from '../diagnostics.js'
import { describe } from '../reader.js'

/** The entries of a map whose keys are names with dashes allowed, as those of transactions, groups and variants. */
export function readNamed(node: YamlNode, what: string, reader: Reader): readonly YamlEntry[] {
  if (node.kind !== 'map') {
    reader.problem(node, `${what} must be a map of names, found ${describe(node)}`, {
      hint: 'write each name with a colon on a line of its own, what it means indented below',
    })
    return []
  }
  for (const { key, keyNode } of node.entries) checkName(key, keyNode, reader)
  return node.entries
}

/** The name of a phase or of the scenario. */
export function readName(node: YamlNode, what: string, reader: Reader): string {
  const text = reader.text(node, what)
  checkName(text, node, reader)
  return text
}

function checkName(name: string, node: YamlNode, reader: Reader): void {
  if (/^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(name)) return
  reader.problem(node, `\`${name.slice(0, 40)}\` cannot be a name`, { hint: 'a letter, then up to 62 letters, digits, `_` and `-`' })
}

/** Reports the second of two things of one name. */
export function refuseSameNames(named: readonly { readonly name: string; readonly at: YamlNode }[], what: string, reader: Reader): void {
  const seen = new Set<string>()
  for (const { name, at } of named) {
    if (seen.has(name)) reader.problem(at, `a second ${what} \`${name}\``, { hint: 'give it a name of its own' })
    seen.add(name)
  }
}
