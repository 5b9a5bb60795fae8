import { dialectFacts } from '../dialects.js'
import type { Dialect } from '../model.js'
import { textFor } from '../sql.js'
import { isDefinition } from './catalogue.js'
import type { StatementStep } from './model.js'
import { transactionWord } from './words.js'

/** The steps that begin a transaction which its session never ends, on one of the engines: the last one of each such session. */
export function unendedBegins(steps: readonly StatementStep[], dialects: readonly Dialect[]): ReadonlySet<StatementStep> {
  const sessions = [...new Set(steps.map(({ session }) => session))]
  const left = sessions.flatMap(session => {
    const own = steps.filter(step => step.session === session)
    return dialects.flatMap(dialect => leftOpen(own, dialect) ?? [])
  })
  return new Set(left)
}

function leftOpen(steps: readonly StatementStep[], dialect: Dialect): StatementStep | null {
  let open: StatementStep | null = null
  for (const step of steps) {
    const text = textFor(step.sql, dialect)
    if (text === null) continue
    const word = transactionWord(text)
    if (word === 'begin') open = step
    else if (word !== null) open = chained.test(text) ? step : null
    else if (prepares.test(text) || (dialectFacts[dialect].commitsImplicitly && isDefinition(text) && !temporary.test(text))) open = null
  }
  return open
}

const chained = /\bAND\s+CHAIN\b/i
/** It goes on without its session. */
const prepares = /^\s*PREPARE\s+TRANSACTION\b/i
/** Of a table of one's own, which ends nothing. */
const temporary = /^\s*(?:CREATE|DROP)\s+TEMPORARY\b/i
