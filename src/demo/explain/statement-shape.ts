/** What a statement touches, as far as its text says. Good enough to tell a story by; no verdict rests on it. */
export interface StatementShape {
  /** Its first word, as in `UPDATE`. */
  readonly verb: string
  readonly reads: readonly string[]
  readonly writes: string | null
  /** Of one that writes: it says how many rows, as a change of a whole table does not. */
  readonly countsRows: boolean
  /** Columns that are given a new value. */
  readonly assigns: readonly string[]
  /** Those of them that are given a literal, with it. */
  readonly sets: ReadonlyMap<string, string>
  /** Columns whose value a row must have to be concerned. */
  readonly keys: ReadonlyMap<string, string>
  /** It has a condition, and concerns only some of the rows. */
  readonly selects: boolean
  /** It has no other condition than those. */
  readonly onlyKeys: boolean
  /** Columns that are shown under another name, by that name. */
  readonly shownAs: ReadonlyMap<string, string>
}

/** Names without quotes and schema, in lower case; literals without quotes. */
export function shapeOf(sql: string): StatementShape {
  const text = sql
    .replace(/\/\*[\s\S]*?\*\/|--[^\n]*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const verb = (/^\w+/.exec(text)?.[0] ?? '').toUpperCase()
  const reads = [...text.matchAll(new RegExp(`\\b(?:FROM|JOIN) ${name}`, 'gi'))].map(([, found = '']) => plain(found))
  const writes = new RegExp(
    `^(?:INSERT (?:IGNORE )?INTO|REPLACE INTO|UPDATE|DELETE FROM|TRUNCATE(?: TABLE)?|ALTER TABLE) ${name}`,
    'i',
  ).exec(text)?.[1]
  const inserted = verb === 'INSERT' ? insertedValues(text) : new Map<string, string>()
  return {
    verb,
    reads: verb === 'DELETE' ? reads.slice(1) : reads,
    writes: writes === undefined ? null : plain(writes),
    countsRows: verb !== 'TRUNCATE' && verb !== 'ALTER',
    assigns: verb === 'UPDATE' ? [...setClause(text).matchAll(/(?:^|,) ?([\w."`]+) ?=/g)].map(([, found = '']) => plain(found)) : [],
    sets: verb === 'UPDATE' ? pairs(setClause(text), new RegExp(`${name} ?= ?${literal}(?= ?(?:,|$))`, 'gi')) : inserted,
    keys: verb === 'INSERT' ? inserted : conditions(text),
    selects: /\bWHERE\b/i.test(text),
    onlyKeys: hasOnlyKeys(text),
    shownAs: new Map(
      [...text.matchAll(new RegExp(`(?:SELECT|,) ?${name} AS ${name}`, 'gi'))].map(([, from = '', as = '']) => [plain(as), plain(from)]),
    ),
  }
}

/** Whether two statements may concern the same rows of a table: they do not ask for different values of a column that stays as it is. */
export function mayMeet(one: StatementShape, other: StatementShape): boolean {
  const changed = [...one.assigns, ...other.assigns]
  return [...one.keys].every(([column, value]) => changed.includes(column) || (other.keys.get(column) ?? value) === value)
}

/** Whether they do concern the same row: both name it by the same value. */
export function surelyMeet(one: StatementShape, other: StatementShape): boolean {
  return mayMeet(one, other) && [...one.keys].some(([column, value]) => other.keys.get(column) === value)
}

/** Whether every row that a read asks for is one that the other wrote, as far as both say so by values. */
export function writesAllOf(write: StatementShape, read: StatementShape): boolean {
  if (write.verb !== 'UPDATE' || !mayMeet(read, write)) return false
  return !write.selects || (write.onlyKeys && [...write.keys].every(([column, value]) => read.keys.get(column) === value))
}

/** Whether a row that was inserted is one that a read asks for. */
export function insertsOneOf(write: StatementShape, read: StatementShape): boolean {
  if (write.verb !== 'INSERT' || !read.onlyKeys) return false
  return [...read.keys].every(([column, value]) => write.keys.get(column) === value)
}

const name = '([\\w."`]+)'
const literal = "(-?\\d+(?:\\.\\d+)?|'(?:[^']|'')*'|NULL|TRUE|FALSE)"

function setClause(text: string): string {
  return /\bSET (.*?)(?: WHERE .*| RETURNING .*)?$/i.exec(text)?.[1] ?? ''
}

function hasOnlyKeys(text: string): boolean {
  const clause = (/\bWHERE (.*)$/i.exec(text)?.[1] ?? '').replace(/ (?:ORDER BY|LIMIT|FOR|LOCK IN|RETURNING) .*$/i, '')
  const isKey = new RegExp(`^${name} ?= ?${literal}$`, 'i')
  return clause !== '' && clause.split(/ AND /i).every(condition => isKey.test(condition.trim()))
}

function conditions(text: string): ReadonlyMap<string, string> {
  const clause = /\bWHERE (.*)$/i.exec(text)?.[1] ?? ''
  // Of alternatives none need hold, and what stands inside another query is about other rows.
  if (/\b(?:OR|NOT|SELECT)\b/i.test(clause)) return new Map()
  return pairs(clause, new RegExp(`${name} ?= ?${literal}(?! ?[-+*/])(?![\\w.])`, 'gi'))
}

/** Of a statement that inserts one row and names its columns. */
function insertedValues(text: string): ReadonlyMap<string, string> {
  const [, columns = '', values = ''] = /\(([^()]*)\) ?VALUES ?\(([^()]*)\)(?! ?,)/i.exec(text) ?? []
  const names = columns.split(',').map(plain)
  const items = [...values.matchAll(/'(?:[^']|'')*'|[^,]+/g)].map(([item]) => item.trim())
  if (names.length !== items.length || columns === '') return new Map()
  const isLiteral = new RegExp(`^${literal}$`, 'i')
  return new Map(names.flatMap((name, at) => (isLiteral.test(items[at] ?? '') ? [[name, bare(items[at] ?? '')] as const] : [])))
}

function pairs(clause: string, pattern: RegExp): ReadonlyMap<string, string> {
  return new Map([...clause.matchAll(pattern)].map(([, column = '', value = '']) => [plain(column), bare(value)]))
}

function plain(name: string): string {
  return (name.split('.').at(-1) ?? '').replace(/["`]/g, '').trim().toLowerCase()
}

function bare(value: string): string {
  return value.startsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value
}
