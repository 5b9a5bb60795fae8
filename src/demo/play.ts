import { explain } from '../database/explain.js'
import type { Demo, DemoPlot } from '../scenario/demo/model.js'
import type { Isolation } from '../scenario/model.js'
import { textFor } from '../scenario/sql.js'
import { explainDemo } from './explain.js'
import type { DemoState, StepFact } from './facts.js'
import { finalMistake, refuseMistakes } from './mistake.js'
import { judge, type OracleVerdict } from './oracle.js'
import type { DemoResult, DemoStepResult } from './result.js'
import { judgeRule } from './rule.js'
import { noteOf } from './script.js'
import type { Stage } from './stage.js'
import { Stepper } from './stepper.js'
import { codesOf, outcomeOf } from './verdict.js'

/** Which telling of a demo, and at which level. */
export interface Casting {
  readonly demo: Demo
  /** Null: the story as it is. */
  readonly variant: string | null
  /** Null: the plot's own, else the server's default. */
  readonly isolation: Isolation | null
}

export function plotOf({ demo, variant }: Casting): DemoPlot {
  return demo.variants.find(({ name }) => name === variant)?.plot ?? demo.plot
}

/**
 * Plays a demo from its beginning to its verdict.
 *
 * @param oracle who says whether it was serializable
 * @param signal breaks it off, also where everybody waits
 * @throws OltpError as `Stage.reset`, `Stepper.next` and `refuseMistakes` do; AbortError
 */
export async function play(stage: Stage, casting: Casting, oracle = judge, signal?: AbortSignal): Promise<DemoResult> {
  const plot = plotOf(casting)
  await stage.reset(plot)
  const stepper = await Stepper.open(stage, plot, casting.isolation)
  const breakOff = () => void stepper.close()
  signal?.addEventListener('abort', breakOff)
  try {
    for (let finished = false; !finished; ) {
      signal?.throwIfAborted()
      const state = await stepper.next()
      refuseMistakes(plot, stage.dialect, state.facts)
      finished = state.finished
    }
    signal?.throwIfAborted()
    return await conclude(stage, casting, stepper, oracle)
  } finally {
    signal?.removeEventListener('abort', breakOff)
    await stepper.close()
  }
}

/**
 * The verdict on a demo that is finished. The stage is used for the serial runs; nothing of the demo is left on it.
 *
 * @throws OltpError as `refuseMistakes` does; `DEMO_FINAL` where what is left cannot be read
 */
export async function conclude(stage: Stage, casting: Casting, stepper: Stepper, oracle = judge): Promise<DemoResult> {
  const plot = plotOf(casting)
  const { state, transactions, order } = stepper
  const { facts } = state
  const unpinned = Object.fromEntries(stage.unpinned)
  await stepper.close()
  refuseMistakes(plot, stage.dialect, facts)
  const finalText = plot.final === null ? null : textFor(plot.final, stage.dialect)
  const final =
    finalText === null ? null : await stage.ask(finalText).catch(error => notRead(finalMistake(error, plot, stage.dialect, finalText)))
  const history = { facts, transactions, contents: await stage.contents() }
  const judged = plot.unjudged === null ? await oracle(stage, plot, casting.isolation, history) : null
  const serializable = judged?.serializable ?? null
  const rule = judgeRule(plot, state, final)
  const isolation = casting.isolation ?? plot.isolation ?? stage.defaultIsolation
  const outcome = outcomeOf(state, serializable, rule.held)
  return {
    demo: casting.demo.name,
    variant: casting.variant,
    title: casting.demo.title,
    kind: casting.demo.kind,
    engine: stage.dialect,
    product: stage.server.product,
    version: stage.server.version,
    isolation,
    levels: plot.levels,
    unpinned,
    outcome,
    codes: codesOf(state),
    serializable,
    not_judged: plot.unjudged ?? whyNotJudged(judged),
    serial_order: judged?.order ?? null,
    rule: plot.rule?.text ?? null,
    rule_held: rule.held,
    rule_unread: rule.unread,
    waits: waitsOf(state),
    commits: Object.fromEntries(state.sessions.map(({ name, commits }) => [name, commits])),
    final,
    explanation: explainDemo({
      ...history,
      plot,
      isolation,
      order,
      outcome,
      oracle: judged === null || serializable === null ? null : { ...judged, serializable },
      rule,
    }),
    steps: facts.map((fact, index) => describeStep(fact, index, noteOf(plot, fact), wasDeferred(index, facts, order))),
  }
}

function describeStep({ step, wokenBy, ...fact }: StepFact, index: number, note: string | null, deferred: boolean): DemoStepResult {
  return { number: index + 1, place: step + 1, ...fact, woken_by: wokenBy === null ? null : wokenBy + 1, note, deferred }
}

function whyNotJudged(verdict: OracleVerdict | null): string | null {
  if (verdict?.serializable !== null) return null
  const places = verdict.madeUp.slice(0, mostPlaces)
  const more = places.length < verdict.madeUp.length ? ', …' : ''
  return `what was read or left has values that the server makes up anew in every run, as of a sequence or a clock: ${places.join(', ')}${more}`
}

/** As many as a line has room for. */
const mostPlaces = 4

function notRead(error: unknown): never {
  throw explain(error, { code: 'DEMO_FINAL', what: 'what is left cannot be read', hint: 'correct the `final` of the demo' })
}

function waitsOf({ facts }: DemoState): DemoResult['waits'] {
  return facts.flatMap(({ session, waited }, index) => (waited === null ? [] : [{ step: index + 1, session, ...waited }]))
}

/** Its turn came while its session waited: a later step of somebody else was answered before that wait was over. */
function wasDeferred(index: number, facts: DemoState['facts'], order: readonly number[]): boolean {
  const { session } = facts[index] as StepFact
  const wait = order.findLastIndex(at => at < index && facts[at]?.session === session && facts[at]?.waited !== null)
  return order.some((at, place) => at > index && place < wait && facts[at]?.session !== session)
}
