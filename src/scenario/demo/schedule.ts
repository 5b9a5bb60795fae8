import type { YamlEntry, YamlMap, YamlNode } from '../diagnostics.js'
import type { Dialect } from '../model.js'
import { describe } from '../reader.js'
import type { SectionContext } from '../sections/context.js'
import { readSql } from '../sections/sql.js'
import type { DemoStep, StatementStep } from './model.js'
import { placesOf } from './places.js'
import { stepKeys } from './schema.js'
import { unendedBegins } from './unended.js'
import { unsavedReads } from './unsaved.js'

/** What a session knows from the steps before, by session. */
export type Known = ReadonlyMap<string, ReadonlySet<string>>

/** `schedule:`, and what each session knows at its end. */
export function readSchedule(
  node: YamlNode,
  sessions: readonly string[],
  engines: readonly Dialect[],
  context: SectionContext,
): { steps: readonly DemoStep[]; known: Known } {
  const known = new Map(sessions.map(session => [session, new Set<string>()]))
  const items = context.list(node, '`schedule`')
  if (node.kind === 'list' && items.length === 0)
    context.problem(node, '`schedule` is empty', { hint: `add a step, as in \`- ${sessions[0] ?? 'A'}: BEGIN\`` })
  const before = context.report.count()
  const steps = new Map<DemoStep, YamlNode>()
  for (const item of items) {
    const step = readStep(item, known, context)
    if (step !== null) steps.set(step, (item.kind === 'map' ? context.get(item, step.session) : undefined) ?? item)
  }
  // What could not be read may be what ends a transaction.
  if (context.report.count() === before) reportWhole(steps, engines, context)
  return { steps: [...steps.keys()], known }
}

const origin = '`save` it, or `set` it, in an earlier step of the same session'

/** False for what stands for a name that was none, and was reported. */
export function isName(name: string, node: YamlNode): boolean {
  return node.kind === 'scalar' && node.source === name
}

function readStep(node: YamlNode, known: Map<string, Set<string>>, context: SectionContext): DemoStep | null {
  const sessions = [...known.keys()]
  if (node.kind !== 'map') {
    context.problem(node, `a step is a session and its statement, found ${describe(node)}`, {
      hint: `as in \`- ${sessions[0] ?? 'A'}: BEGIN\``,
    })
    return null
  }
  const wait = context.get(node, 'wait')
  if (wait) {
    context.map(node, 'a step that waits', ['wait'])
    return { kind: 'wait', session: context.oneOf(wait, 'session', sessions) }
  }
  const map = context.map(node, 'a step', [...sessions, ...stepKeys])
  const speakers = node.entries.filter(({ key }) => sessions.includes(key))
  const [speaker, second] = speakers
  if (second !== undefined) {
    context.problem(second.keyNode, 'a step is one statement of one session, here is another', { hint: 'begin a new entry with `- `' })
  }
  if (speaker === undefined) {
    if (node.entries.every(({ key }) => stepKeys.includes(key)))
      context.problem(node.entries[0]?.keyNode ?? node, 'this step belongs to no session', {
        hint: `add \`${sessions[0] ?? 'A'}:\` and a statement`,
      })
    return null
  }
  return readStatement(map, speaker, known.get(speaker.key) ?? new Set(), context)
}

/** What is wrong with a schedule whose steps are each right. @param places of the statements */
function reportWhole(places: ReadonlyMap<DemoStep, YamlNode>, engines: readonly Dialect[], context: SectionContext): void {
  const statements = [...places.keys()].flatMap(step => (step.kind === 'statement' ? [step] : []))
  for (const begin of unendedBegins(statements, engines)) {
    context.problem(places.get(begin) as YamlNode, `${begin.session} begins a transaction here and never ends it`, {
      hint: `add \`- ${begin.session}: COMMIT\` or \`- ${begin.session}: ROLLBACK\` where it is over`,
    })
  }
  for (const { step, name, dialects } of unsavedReads(statements, engines)) {
    const there = dialects.join(' and ')
    context.problem(places.get(step) as YamlNode, `\`${name}\` has no value here on ${there}: no step before saves it there`, {
      hint: `save it on ${there}, too, or give this step a text for the other engines alone`,
    })
  }
}

function readStatement(map: YamlMap, { key: session, value }: YamlEntry, names: Set<string>, context: SectionContext): StatementStep {
  const get = (key: string) => context.get(map, key)
  const scope = { names, random: false, place: 'elsewhere' } as const
  const [condition, set, save, saveCount, onError, note] = ['if', 'set', 'save', 'save_count', 'on_error', 'note'].map(get)
  const when = condition ? context.expression(condition, '`if`', scope) : null
  const bindings = set ? context.bindings(set, '`set`', scope, name => names.add(name)) : []
  const sql = readSql(value, `the statement of ${session}`, context, { names, use: () => {}, control: true, origin })
  const saved = save ? context.names(save, '`save`').flatMap(({ name, node }) => (isName(name, node) ? [name] : [])) : []
  const counted = saveCount ? context.identifier(saveCount, '`save_count`') : null
  for (const name of counted === null ? saved : [...saved, counted]) names.add(name)
  return {
    kind: 'statement',
    session,
    sql,
    at: placesOf(value, context),
    set: bindings,
    when,
    save: saved,
    saveCount: counted,
    onError: onError ? context.oneOf(onError, 'answer to an error', ['abort', 'continue']) : 'abort',
    note: note ? context.text(note, '`note`') : null,
  }
}
