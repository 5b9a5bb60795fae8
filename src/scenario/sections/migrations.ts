import type { Reader, YamlNode } from '../diagnostics.js'

/** `migrations:`: a name, or a path below the folder of the file. */
export function readMigrations(node: YamlNode, reader: Reader): string {
  const name = reader.text(node, '`migrations`')
  const parts = name.split('/')
  if (!parts.every(part => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(part))) {
    reader.problem(node, '`migrations` must be the name of a set, or of a folder beside this file', { hint: 'as in `migrations: bank`' })
  }
  return name
}
