import type { DemoPlot } from '../scenario/demo/model.js'
import type { Dialect } from '../scenario/model.js'
import { stepsFor, wordOf } from './script.js'

/** The steps of a transaction that begins again because one of them failed: from its BEGIN to its end; none where the session does not. */
export function stepsAgain(plot: DemoPlot, dialect: Dialect, session: string, failed: number): readonly number[] {
  if (!plot.retry.includes(session)) return []
  const own = stepsFor(plot, dialect).filter(step => plot.schedule[step]?.session === session)
  const word = (step: number) => {
    const found = plot.schedule[step]
    return found === undefined ? null : wordOf(found, dialect)
  }
  const from = own.findLastIndex(step => step <= failed && word(step) === 'begin')
  const after = own.findIndex(step => step > failed && word(step) === 'begin')
  const to = own.slice(0, after === -1 ? undefined : after).findLastIndex(step => word(step) === 'commit' || word(step) === 'rollback')
  if (from === -1 || to < from) return []
  return own.slice(from, to + 1).filter(step => plot.schedule[step]?.kind === 'statement')
}
