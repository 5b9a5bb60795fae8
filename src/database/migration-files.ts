import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative } from 'node:path'
import { exitCodes, OltpError } from '../errors.js'
import type { EngineName } from './contract.js'
import { type SqlLexis, type SqlStatement, splitStatements } from './split.js'

export interface MigrationScript {
  /** As a person would write it from here. */
  readonly file: string
  readonly text: string
  /** SHA-256 of the text, whatever its line ends. */
  readonly checksum: string
  readonly statements: readonly SqlStatement[]
}

/** `0001_accounts.up.sql` and `0001_accounts.down.sql`. */
export interface Migration {
  readonly name: string
  readonly up: MigrationScript
  readonly down: MigrationScript
}

/** All migrations of one folder for one engine, in order. */
export interface MigrationSet {
  readonly name: string
  readonly migrations: readonly Migration[]
}

export interface MigrationSource {
  /** As a scenario writes it: a bundled set's name, or a folder beside the scenario file. */
  readonly name: string
  /** The scenario file, whose folder is searched first; null: bundled sets only. */
  readonly scenarioFile: string | null
  /** The folder of the bundled sets. */
  readonly bundled: string
  readonly engine: EngineName
  readonly lexis: SqlLexis
}

/**
 * Reads and checks the scripts of a set.
 *
 * @throws OltpError `MIGRATIONS_MISSING`, `MIGRATIONS_INVALID`, exit code 2
 */
export function readMigrationSet(source: MigrationSource): MigrationSet {
  const folder = join(findSet(source), source.engine)
  if (!isFolder(folder)) {
    throw missing(
      `migrations «${source.name}» have nothing for ${source.engine}`,
      `add ${join(basename(dirname(folder)), source.engine)}/0001_name.up.sql`,
    )
  }
  const scripts = new Map<string, { up?: MigrationScript; down?: MigrationScript }>()
  for (const file of readdirSync(folder).sort()) {
    const match = /^(\d{4}_[a-z0-9_]+)\.(up|down)\.sql$/.exec(file)
    if (!match?.[1])
      throw invalid(
        shownPath(join(folder, file)),
        'is not a migration',
        'call it NNNN_name.up.sql or NNNN_name.down.sql, as in 0001_accounts.up.sql',
      )
    const script = readScript(folder, file, source.lexis)
    scripts.set(match[1], { ...scripts.get(match[1]), ...(match[2] === 'up' ? { up: script } : { down: script }) })
  }
  const migrations = [...scripts].map(([name, { up, down }]) => {
    if (up === undefined || down === undefined) {
      throw invalid(
        join(folder, name),
        `has no .${up === undefined ? 'up' : 'down'}.sql`,
        'every migration needs both: what it does and how to undo it',
      )
    }
    return { name, up, down }
  })
  if (migrations.length === 0)
    throw missing(`migrations «${source.name}» for ${source.engine} are empty`, 'add 0001_name.up.sql and 0001_name.down.sql')
  assertNumbered(folder, migrations)
  return { name: basename(source.name), migrations }
}

/** Names of the sets that ship. */
export function bundledSets(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
}

/** Of some statements of a script, in order; tells whether a corrected script still begins as the one that was run. */
export function checksumOf(statements: readonly SqlStatement[]): string {
  return sha256(statements.map(statement => statement.text).join('\u0000'))
}

function findSet({ name, scenarioFile, bundled, engine }: MigrationSource): string {
  if (isAbsolute(name) || name.split(/[\\/]/).includes('..')) {
    throw missing(
      `migrations ${JSON.stringify(name)} lie outside the scenario's folder`,
      'name a folder beside the scenario file, or a bundled set',
    )
  }
  if (scenarioFile !== null) {
    const home = dirname(scenarioFile)
    const beside = join(home, name)
    if (isFolder(join(beside, engine))) {
      if (relative(realpathSync(home), realpathSync(beside)).startsWith('..')) {
        throw missing(`migrations «${name}» are a link to somewhere else`, 'put the folder itself beside the scenario file')
      }
      return beside
    }
    if (isFolder(beside) && !isFolder(join(bundled, name))) return beside
  }
  if (/^[a-z0-9_-]+$/.test(name) && isFolder(join(bundled, name))) return join(bundled, name)
  throw missing(
    `there are no migrations «${name}»`,
    `bundled: ${bundledSets(bundled).join(', ')}; your own go into a folder ${name}/${engine}/ beside the scenario file`,
  )
}

function readScript(folder: string, name: string, lexis: SqlLexis): MigrationScript {
  const path = join(folder, name)
  const file = shownPath(path)
  if (relative(realpathSync(folder), realpathSync(path)) !== name) {
    throw invalid(file, 'is a link to somewhere else', 'put the file itself there')
  }
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  const statements = splitStatements(text, lexis)
  if (statements.length === 0) throw invalid(file, 'has no statement', 'write at least one; a migration that cannot be undone is not one')
  for (const statement of statements) assertAllowed(file, statement)
  return { file, text, checksum: sha256(text), statements }
}

// A guard rail, not a sandbox: it stops what would leave the namespace or the transaction by accident.
function assertAllowed(file: string, { text, line }: SqlStatement): void {
  const at = `${file}:${line}`
  if (/^(?:begin|start\s+transaction|commit|end|rollback|savepoint|release|abort|lock|unlock)\b/i.test(text)) {
    throw invalid(
      at,
      `controls the transaction: ${firstWords(text)}`,
      'leave it out: we run the script and note it, in one transaction where the engine can',
    )
  }
  if (
    /^(?:use|delimiter)\b|^\\|^set\s+(?:session\s+|local\s+)?search_path\b|^(?:create|alter|drop)\s+(?:schema|database|role|user|extension)\b/i.test(
      text,
    )
  ) {
    throw invalid(
      at,
      `reaches beyond the namespace: ${firstWords(text)}`,
      'a migration makes and changes tables and the like in the namespace alone',
    )
  }
  if (qualifiedTarget.test(text)) {
    throw invalid(at, `names a schema or database: ${firstWords(text)}`, 'write the name alone: where it goes is chosen with --namespace')
  }
}

const name = '(?:"[^"]+"|`[^`]+`|\\w+)'
const qualifiedTarget = new RegExp(
  [
    `^(?:create|alter|drop)\\s[^(;]*?\\b(?:table|view|index|sequence|type|domain|function|procedure|trigger|event)\\s+(?:if\\s+(?:not\\s+)?exists\\s+|only\\s+)*${name}\\s*\\.`,
    `^(?:insert\\s+into|replace\\s+into|update|delete\\s+from|truncate(?:\\s+table)?|rename\\s+table)\\s+(?:only\\s+)?${name}\\s*\\.`,
    `^create\\s+(?:unique\\s+|fulltext\\s+|spatial\\s+)?index\\s[^(;]*?\\bon\\s+(?:only\\s+)?${name}\\s*\\.`,
  ].join('|'),
  'i',
)

function assertNumbered(folder: string, migrations: readonly Migration[]): void {
  const numbers = migrations.map(migration => migration.name.slice(0, 4))
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index)
  if (twice !== undefined)
    throw invalid(shownPath(folder), `has two migrations numbered ${twice}`, 'give each a number of its own: they run in that order')
}

function firstWords(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 50 ? `${line.slice(0, 50)}…` : line
}

function shownPath(path: string): string {
  const fromHere = relative('', path)
  return fromHere.startsWith('..') ? path : fromHere
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function missing(message: string, hint: string): OltpError {
  return new OltpError('MIGRATIONS_MISSING', exitCodes.usage, message, { hint })
}

function invalid(where: string, what: string, hint: string): OltpError {
  return new OltpError('MIGRATIONS_INVALID', exitCodes.usage, `${where} ${what}`, { hint })
}
