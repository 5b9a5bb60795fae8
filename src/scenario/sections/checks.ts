import { type AnomalyName, anomalyNames } from '../anomalies.js'
import type { YamlMap, YamlNode } from '../diagnostics.js'
import { freeNames } from '../expression/check.js'
import type { Check, Transaction } from '../model.js'
import { namesIn } from '../names-in.js'
import { keysOf } from '../reader.js'
import { checkSchema } from '../schema.js'
import type { SectionContext } from './context.js'
import { refuseSameNames } from './names.js'

const kinds = ['list_append', 'lost_updates', 'write_skew'] as const

const ofCounters: readonly AnomalyName[] = ['foreign increment', 'lost increment']
const ofSkew: readonly AnomalyName[] = ['write skew']

/** Those that each kind of check can find: to forbid it others would be of no use. */
const findable: { readonly [kind in (typeof kinds)[number]]: readonly AnomalyName[] } = {
  list_append: anomalyNames.filter(name => !ofCounters.includes(name) && !ofSkew.includes(name)),
  lost_updates: ofCounters,
  write_skew: ofSkew,
}

/** `checks:`, which anomalies to look for under load. */
export function readChecks(node: YamlNode, transactions: readonly Transaction[], context: SectionContext): readonly Check[] {
  const items = context.list(node, '`checks`')
  const checks = items.flatMap(item => readCheck(context.map(item, 'a check', keysOf(checkSchema), ['name']), transactions, context))
  refuseSameNames(
    checks.map(({ name }, index) => ({ name, at: items[index] ?? node })),
    'check',
    context,
  )
  return checks
}

function readCheck(map: YamlMap, transactions: readonly Transaction[], context: SectionContext): readonly Check[] {
  const present = kinds.filter(kind => context.get(map, kind) !== undefined)
  const [kind] = present
  const nameNode = context.get(map, 'name')
  const name = nameNode ? context.text(nameNode, '`name`') : ''
  if (kind === undefined || present.length > 1) {
    const found = present.length === 0 ? 'none' : present.join(', ')
    context.problem(map, `a check has one of ${kinds.join(', ')}; found ${found}`, { hint: 'write several checks, each with a name' })
    return []
  }
  const node = context.get(map, kind) as YamlNode
  const known = transactions.map(one => ({ name: one.name, names: namesIn(one) }))
  const given = readGiven(map, transactions, context)
  const anomalies = (key: 'forbid' | 'allow') => readAnomalies(map, key, findable[kind], context)
  const judged = { name, forbid: anomalies('forbid'), allow: anomalies('allow') ?? [] }
  /** Those that were named, else those that fit. */
  const among = (fits: (names: ReadonlySet<string>) => boolean, lacking: string): readonly string[] => {
    const fitting = known.filter(({ names }) => fits(names)).map(one => one.name)
    const wrong = given?.filter(one => !fitting.includes(one)) ?? []
    if (wrong.length > 0 || fitting.length === 0) {
      const who = wrong.length > 0 ? `transaction \`${wrong[0]}\` has` : 'no transaction has'
      context.problem(node, `${who} ${lacking}`, { hint: 'draw, save or compute it there, or leave the transaction out' })
    }
    return given ?? fitting
  }

  if (kind === 'write_skew') {
    const names = new Set(known.flatMap(one => (given === null || given.includes(one.name) ? [...one.names] : [])))
    const seen = context.expression(node, '`write_skew`', { names, random: false, place: 'elsewhere' })
    const read = [...freeNames(seen)]
    return [{ ...judged, kind, seen, transactions: among(has => read.every(one => has.has(one)), `all of ${read.join(', ')}`) }]
  }
  if (kind === 'lost_updates') {
    const { table, key, value } = readTexts(node, kind, ['table', 'key', 'value'], context)
    if (given === null) {
      context.problem(map, '`lost_updates` needs `transactions`: those that each add 1', { hint: 'as in `transactions: [increment]`' })
    }
    return [{ ...judged, kind, table, key, value, transactions: among(has => has.has(key), `the name \`${key}\``) }]
  }
  const { table, key, list, element } = readTexts(node, kind, ['table', 'key', 'list', 'element'], context)
  const fits = (has: ReadonlySet<string>) => has.has(key) && (has.has(list) || has.has(element))
  const lacking = `the name \`${key}\` together with \`${list}\` or \`${element}\``
  return [{ ...judged, kind, table, key, list, element, transactions: among(fits, lacking) }]
}

/** Identifiers, all required; they reach SQL as they are. */
function readTexts<Key extends string>(
  node: YamlNode,
  kind: string,
  keys: readonly Key[],
  context: SectionContext,
): { readonly [key in Key]: string } {
  const map = context.map(node, `\`${kind}\``, keys, keys)
  const texts = keys.map((key): [Key, string] => {
    const value = context.get(map, key)
    return [key, value ? context.identifier(value, `\`${key}\``) : '']
  })
  return Object.fromEntries(texts) as { readonly [key in Key]: string }
}

function readGiven(map: YamlMap, transactions: readonly Transaction[], context: SectionContext): readonly string[] | null {
  const node = context.get(map, 'transactions')
  if (node === undefined) return null
  const items = node.kind === 'list' ? node.items : [node]
  return items.map(item =>
    context.oneOf(
      item,
      'transaction',
      transactions.map(({ name }) => name),
    ),
  )
}

function readAnomalies(
  map: YamlMap,
  key: 'forbid' | 'allow',
  known: readonly AnomalyName[],
  context: SectionContext,
): readonly AnomalyName[] | null {
  const node = context.get(map, key)
  if (node === undefined) return null
  if (node.kind === 'scalar' && node.value === 'all') return anomalyNames
  const items = node.kind === 'list' ? node.items : [node]
  return items.map(item => context.oneOf(item, 'anomaly', known))
}
