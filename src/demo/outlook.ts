import type { DemoPlot } from '../scenario/demo/model.js'
import type { Dialect } from '../scenario/model.js'
import type { Actor } from './actor.js'
import type { StepFact } from './facts.js'
import { previewOf, wordOf } from './script.js'

/** The facts, those that were not sent yet with their statements as far as these are known. */
export function withOutlook(
  facts: readonly StepFact[],
  { schedule }: DemoPlot,
  dialect: Dialect,
  actors: ReadonlyMap<string, Actor>,
): readonly StepFact[] {
  const given = new Set([...actors.values()].filter(({ gaveUp }) => gaveUp).map(({ name }) => name))
  return facts.map(fact => {
    if (fact.status !== 'planned' && fact.status !== 'deferred') return { ...fact }
    const step = schedule[fact.step]
    if (step === undefined) return { ...fact }
    const word = wordOf(step, dialect)
    // Who has given up takes back what is left of the transaction, at its end.
    const sql =
      (word === 'commit' || word === 'rollback') && given.delete(fact.session)
        ? 'ROLLBACK'
        : previewOf(step, dialect, actors.get(fact.session)?.saved ?? new Map())
    return { ...fact, sql }
  })
}
