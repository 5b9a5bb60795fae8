import type { YamlMap, YamlNode } from '../diagnostics.js'
import { freeNames } from '../expression/check.js'
import type { Invariant, InvariantMoment } from '../model.js'
import { keysOf } from '../reader.js'
import { invariantSchema } from '../schema.js'
import type { SectionContext } from './context.js'
import { refuseSameNames } from './names.js'
import { readSql } from './sql.js'

const moments = ['before', 'during', 'after'] as const

/** `invariants:`. @param tallies the names of all transactions' tallies */
export function readInvariants(node: YamlNode, tallies: readonly string[], context: SectionContext): readonly Invariant[] {
  const items = context.list(node, '`invariants`')
  const names = new Set(['before', ...tallies.map(name => `tally.${name}`)])
  const invariants = items.map(item =>
    readInvariant(context.map(item, 'an invariant', keysOf(invariantSchema), ['name', 'sql', 'equals']), names, context),
  )
  refuseSameNames(
    invariants.map(({ name }, index) => ({ name, at: items[index] ?? node })),
    'invariant',
    context,
  )
  return invariants
}

function readInvariant(map: YamlMap, names: ReadonlySet<string>, context: SectionContext): Invariant {
  const [name, sql, equalsNode, check, every] = ['name', 'sql', 'equals', 'check', 'every'].map(key => context.get(map, key))
  const equals = equalsNode ? context.expression(equalsNode, '`equals`', { names, random: false, place: 'elsewhere' }) : null
  const reads = equals ? freeNames(equals) : new Set<string>()
  const when = check ? readMoments(check, context) : (['after'] as const)
  if (check && reads.has('before') && when.includes('before')) {
    context.problem(check, 'before the load there is nothing to compare with yet', { hint: 'check it `during` and `after`' })
  }
  if (check && when.includes('during') && [...reads].some(read => read.startsWith('tally.'))) {
    context.problem(check, 'a tally is known after the load only', {
      label: 'commits are still under way `during` it',
      hint: 'check it `after`',
    })
  }
  if (every && !when.includes('during'))
    context.problem(every, '`every` is for invariants that are checked `during` the load', { hint: 'remove it' })
  const everyMs = every ? context.duration(every, '`every`') : 2000
  if (every && everyMs < 10) context.problem(every, '`every` must be 10ms or more', { hint: 'raise it to 10ms at least' })
  return {
    name: name ? context.text(name, '`name`') : '',
    sql: sql ? readSql(sql, '`sql`', context, { names: new Set() }) : {},
    equals: equals === null || equals.source.trim() === 'before' ? 'before' : equals,
    check: when,
    everyMs,
  }
}

function readMoments(node: YamlNode, context: SectionContext): readonly InvariantMoment[] {
  const items = node.kind === 'list' ? node.items : [node]
  if (items.length === 0) context.problem(node, '`check` is empty', { hint: `one of: ${moments.join(', ')}` })
  return items.map(item => context.oneOf(item, 'moment', moments))
}
