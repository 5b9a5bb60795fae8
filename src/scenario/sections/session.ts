import type { Reader, YamlEntry, YamlNode } from '../diagnostics.js'
import { ofDialect } from '../dialects.js'
import { dialects, type SessionSettings } from '../model.js'
import { describe } from '../reader.js'

/** `session:`: settings for all engines, and those of one engine under its name; each dialect has all that are for it. */
export function readSession(node: YamlNode, reader: Reader, what = '`session`'): SessionSettings {
  if (node.kind !== 'map') {
    reader.problem(node, `${what} must be a map of settings, found ${describe(node)}`, { hint: 'as in { lock_timeout: 5s }' })
    return {}
  }
  const isDialect = (entry: YamlEntry) => dialects.some(dialect => dialect === entry.key)
  const common = readSettings(
    node.entries.filter(entry => !isDialect(entry)),
    reader,
  )
  const own: SessionSettings = Object.fromEntries(
    node.entries.filter(isDialect).map(({ key, value }) => [key, readOwn(key, value, reader)]),
  )
  return Object.fromEntries(dialects.map(dialect => [dialect, { ...common, ...ofDialect(own, dialect) }]))
}

function readOwn(dialect: string, node: YamlNode, reader: Reader): { readonly [setting: string]: string } {
  if (node.kind === 'map') return readSettings(node.entries, reader)
  reader.problem(node, `the session settings of ${dialect} must be a map, found ${describe(node)}`, { hint: 'as in { lock_timeout: 5s }' })
  return {}
}

function readSettings(entries: readonly YamlEntry[], reader: Reader): { readonly [setting: string]: string } {
  const settings: { [setting: string]: string } = {}
  for (const { key, keyNode, value } of entries) {
    if (!/^[a-z_][a-z0-9_.]{0,62}$/i.test(key))
      reader.problem(keyNode, `\`${key.slice(0, 40)}\` cannot be the name of a setting`, {
        hint: 'a letter or `_`, then letters, digits, `_` and `.`',
      })
    else if (value.kind !== 'scalar' || value.value === null) {
      reader.problem(value, `the setting \`${key}\` must be a text or a number, found ${describe(value)}`, {
        hint: 'write its value, or remove it',
      })
    } else settings[key] = value.source
  }
  return settings
}
