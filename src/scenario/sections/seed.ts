import type { Reader, YamlMap, YamlNode } from '../diagnostics.js'
import type { CallNode, Expression, ExpressionNode } from '../expression/syntax.js'
import type { SeedEntry } from '../model.js'
import { suggest } from '../nearest.js'
import { describe, keysOf } from '../reader.js'
import { seedEntrySchema } from '../schema.js'
import type { ReadingScope, SectionContext } from './context.js'
import { readSql } from './sql.js'

/** `seed:`, in order. */
export function readSeed(node: YamlNode, context: SectionContext): readonly SeedEntry[] {
  const tables = new Map<string, ReadonlySet<string>>()
  return context.list(node, '`seed`').map(item => {
    const entry = readEntry(item, context, tables)
    if (entry.kind !== 'sql' && entry.table !== '')
      tables.set(entry.table, new Set([...(tables.get(entry.table) ?? []), ...entry.columns.map(column => column.name)]))
    return entry
  })
}

function readEntry(node: YamlNode, context: SectionContext, tables: ReadonlyMap<string, ReadonlySet<string>>): SeedEntry {
  const has = (key: string) => node.kind === 'map' && node.entries.some(entry => entry.key === key)
  if (has('sql')) {
    const map = context.map(node, 'a seed entry with `sql`', ['sql'])
    return { kind: 'sql', sql: readSql(context.get(map, 'sql') ?? node, '`sql`', context, { names: noNames }) }
  }
  if (has('for_each')) return readForEach(node, context, tables)
  const keys = keysOf(seedEntrySchema).filter(key => !['for_each', 'count', 'sql'].includes(key))
  const map = context.map(node, 'a seed entry', keys, ['table', 'rows', 'columns'])
  const rows = context.get(map, 'rows')
  return {
    kind: 'rows',
    table: readTable(map, context),
    rows: context.expression(rows ?? missing, '`rows`', { names: noNames, random: false, place: 'elsewhere' }),
    columns: readColumns(map, context, 'seed', noNames).columns,
  }
}

function readForEach(node: YamlNode, context: SectionContext, tables: ReadonlyMap<string, ReadonlySet<string>>): SeedEntry {
  const keys = keysOf(seedEntrySchema).filter(key => !['rows', 'sql'].includes(key))
  const map = context.map(node, 'a seed entry with `for_each`', keys, ['table', 'for_each', 'count', 'columns'])
  const parentNode = context.get(map, 'for_each') ?? node
  const parent = context.identifier(parentNode, '`for_each`')
  const known = tables.get(parent)
  if (!known) {
    const hint = suggest(parent, tables.keys()) ?? 'seed the parent table first'
    context.problem(parentNode, `no table \`${parent}\` is seeded before this`, { hint })
  }
  const countNode = context.get(map, 'count') ?? missing
  const count = context.expression(countNode, '`count`', { names: noNames, random: true, place: 'for_each' })
  const { columns, nodes } = readColumns(map, context, 'for_each', new Set(['index']))
  if (known) {
    checkParents(count, countNode, parent, known, context)
    for (const column of columns) checkParents(column.expression, nodes.get(column.name) ?? node, parent, known, context)
  }
  return { kind: 'for_each', table: readTable(map, context), parent, count, columns }
}

const noNames: ReadonlySet<string> = new Set()
// Stands in for what `map` has reported as missing already; its own problems are about nothing that the file says.
const missing: YamlNode = { kind: 'scalar', start: 0, end: 0, value: 0, source: '0', quoted: false }

function readTable(map: YamlMap, context: SectionContext): string {
  const node = context.get(map, 'table')
  return node ? readIdentifier(node, '`table`', context) : ''
}

/** Tables and columns become part of SQL text: plain lower-case words only. */
function readIdentifier(node: YamlNode, what: string, reader: Reader): string {
  if (node.kind === 'scalar' && isSqlName(node.source)) return node.source
  reader.problem(node, `${what} must be the name of a table, found ${describe(node)}`, { hint: 'lower-case letters, digits and `_`' })
  return ''
}

function isSqlName(name: string): boolean {
  return /^[a-z_][a-z0-9_]{0,50}$/.test(name)
}

function readColumns(map: YamlMap, context: SectionContext, place: ReadingScope['place'], outer: ReadonlySet<string>) {
  const node = context.get(map, 'columns')
  const names = new Set(outer)
  const nodes = new Map<string, YamlNode>()
  if (!node) return { columns: [], nodes }
  if (node.kind === 'map') {
    for (const { key, value } of node.entries) nodes.set(key, value)
    if (node.entries.length === 0) context.problem(node, '`columns` is empty', { hint: 'name the columns and their values' })
  }
  const columns = context.bindings(node, '`columns`', { names, random: true, place }, (name, at) => {
    if (!isSqlName(name)) context.problem(at, `\`${name}\` cannot be a column`, { hint: 'lower-case letters, digits and `_`' })
    names.add(name)
  })
  return { columns, nodes }
}

/** `parent('column')` reads a column that the parent's own seed fills. */
function checkParents(expression: Expression, node: YamlNode, parent: string, known: ReadonlySet<string>, context: SectionContext): void {
  for (const call of callsOf(expression.root)) {
    const argument = call.arguments[0]
    if (call.name !== 'parent' || argument?.kind !== 'literal' || typeof argument.value !== 'string' || known.has(argument.value)) continue
    const hint = suggest(argument.value, known)
    const place = node.kind === 'scalar' ? { node, from: argument.start, to: argument.end } : node
    context.problem(place, `the seed of \`${parent}\` has no column \`${argument.value}\``, { hint: hint ?? 'give it columns' })
  }
}

function callsOf(node: ExpressionNode): readonly CallNode[] {
  if (node.kind === 'unary') return callsOf(node.operand)
  if (node.kind === 'binary') return [...callsOf(node.left), ...callsOf(node.right)]
  return node.kind === 'call' ? [node, ...node.arguments.flatMap(callsOf)] : []
}
