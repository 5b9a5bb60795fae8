import type { YamlMap, YamlNode } from '../diagnostics.js'
import { freeNames } from '../expression/check.js'
import { dialects, type Isolation, isolationLevels, type SessionSettings } from '../model.js'
import type { SectionContext } from '../sections/context.js'
import { readSession } from '../sections/session.js'
import { readSql } from '../sections/sql.js'
import type { DemoPlot } from './model.js'
import { placesOf } from './places.js'
import { readRule, savedNames } from './rule.js'
import { isName, type Known, readSchedule } from './schedule.js'
import { stepKeys } from './schema.js'

const nothing: DemoPlot = {
  setup: [],
  sessions: [],
  schedule: [],
  final: null,
  finalAt: {},
  rule: null,
  engines: null,
  isolation: null,
  levels: {},
  settings: {},
  pin: {},
  retry: [],
  nondeterministic: [],
  unjudged: null,
}

/** What the keys of a plot say; where they are silent, `base` holds. */
export function readPlot(map: YamlMap, context: SectionContext, base: DemoPlot = nothing): DemoPlot {
  function read<Result>(key: string, reader: (node: YamlNode) => Result, otherwise: Result): Result {
    const node = context.get(map, key)
    return node ? reader(node) : otherwise
  }
  const sessions = read('sessions', node => readSessions(node, context), base.sessions)
  const ofSessions = <Item>(what: string, readItem: (node: YamlNode) => Item) => {
    return (node: YamlNode) => readPerSession(node, what, sessions, context, readItem)
  }
  const engines = read(
    'engines',
    node => context.list(node, '`engines`').map(item => context.oneOf(item, 'engine', dialects)),
    base.engines,
  )
  const { steps, known } = read<{ steps: DemoPlot['schedule']; known: Known }>(
    'schedule',
    node => readSchedule(node, sessions, engines ?? dialects, context),
    {
      steps: base.schedule,
      known: knownAfter(base),
    },
  )
  const final = read('final', node => readSql(node, '`final`', context, { names: none }), base.final)
  const plot: DemoPlot = {
    setup: read(
      'setup',
      node => context.list(node, '`setup`').map(item => readSql(item, 'a statement of `setup`', context, { names: none })),
      base.setup,
    ),
    sessions,
    schedule: steps,
    final,
    finalAt: read('final', node => placesOf(node, context), base.finalAt),
    rule: read('rule', node => readRule(node, { known, final }, context), base.rule),
    engines,
    isolation: read<Isolation | null>('isolation', node => context.oneOf(node, 'isolation level', isolationLevels), base.isolation),
    levels: read(
      'levels',
      ofSessions('`levels`', node => context.oneOf(node, 'isolation level', isolationLevels)),
      base.levels,
    ),
    settings: read('session', node => readSession(node, context), base.settings),
    pin: read<{ readonly [session: string]: SessionSettings }>(
      'pin',
      ofSessions('`pin`', node => readSession(node, context, 'a `pin`')),
      base.pin,
    ),
    retry: read('retry', node => readRetry(node, sessions, context), base.retry),
    nondeterministic: read(
      'nondeterministic',
      node => context.list(node, '`nondeterministic`').map(item => context.oneOf(item, 'kind of chance', ['victim', 'wake order'])),
      base.nondeterministic,
    ),
    unjudged: read<string | null>('unjudged', node => context.text(node, '`unjudged`'), base.unjudged),
  }
  const own = (key: string) => context.get(map, key)
  if (!own('schedule')) reportStrangers(own('sessions'), plot, context)
  if (!own('rule')) reportUnsaved(own('schedule') ?? own('sessions'), plot, known, context)
  return plot
}

/** The schedule of another telling is kept, though not its sessions. */
function reportStrangers(at: YamlNode | undefined, { sessions, schedule }: DemoPlot, context: SectionContext): void {
  const stranger = schedule.find(step => !sessions.includes(step.session))?.session
  if (at === undefined || stranger === undefined) return
  context.problem(at, `the schedule has steps of \`${stranger}\`, which is no session here`, {
    hint: 'give this variant a `schedule` of its own',
  })
}

/** The rule of another telling is kept, though not the schedule that it reads from. */
function reportUnsaved(at: YamlNode | undefined, { rule }: DemoPlot, known: Known, context: SectionContext): void {
  if (at === undefined || rule === null) return
  const saved = savedNames(known)
  const unsaved = [...freeNames(rule.holds)].find(name => name.includes('.') && !saved.has(name))
  if (unsaved === undefined) return
  context.problem(at, `the rule reads \`${unsaved}\`, which nothing saves here`, {
    hint: 'save it, or give this variant a `rule` of its own',
  })
}

const none: ReadonlySet<string> = new Set()

function readSessions(node: YamlNode, context: SectionContext): readonly string[] {
  const named = context.names(node, '`sessions`').filter(({ name, node: at }) => isName(name, at))
  if (node.kind === 'list' && node.items.length === 0) context.problem(node, '`sessions` is empty', { hint: 'name them, as in [A, B]' })
  for (const [index, { name, node: at }] of named.entries()) {
    if (named.findIndex(other => other.name === name) !== index)
      context.problem(at, `a second session \`${name}\``, { hint: 'give it a name of its own' })
    if (stepKeys.includes(name))
      context.problem(at, `\`${name}\` is a key of a step and cannot be a session`, { hint: 'as in A, B, CLERK' })
  }
  return named.map(({ name }) => name)
}

function readPerSession<Item>(
  node: YamlNode,
  what: string,
  sessions: readonly string[],
  context: SectionContext,
  readItem: (node: YamlNode) => Item,
): { readonly [session: string]: Item } {
  const map = context.map(node, what, sessions)
  return Object.fromEntries(map.entries.filter(({ key }) => sessions.includes(key)).map(({ key, value }) => [key, readItem(value)]))
}

function readRetry(node: YamlNode, sessions: readonly string[], context: SectionContext): readonly string[] {
  return context.names(node, '`retry`').map(({ node: at }) => context.oneOf(at, 'session', sessions))
}

function knownAfter({ sessions, schedule }: DemoPlot): Known {
  const known = new Map(sessions.map(session => [session, new Set<string>()]))
  for (const step of schedule) {
    if (step.kind === 'wait') continue
    const names = known.get(step.session)
    for (const name of [...step.set.map(binding => binding.name), ...step.save, ...(step.saveCount === null ? [] : [step.saveCount])])
      names?.add(name)
  }
  return known
}
