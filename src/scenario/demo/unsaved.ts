import { freeNames } from '../expression/check.js'
import type { Dialect } from '../model.js'
import { scanSql, textFor } from '../sql.js'
import type { StatementStep } from './model.js'

/** A step that reads what its session has saved before only where other engines tell another step. */
interface UnsavedRead {
  readonly step: StatementStep
  readonly name: string
  readonly dialects: readonly Dialect[]
}

/** The first such read of every session on every engine: sent, it would be null. */
export function unsavedReads(steps: readonly StatementStep[], dialects: readonly Dialect[]): readonly UnsavedRead[] {
  const sessions = [...new Set(steps.map(({ session }) => session))]
  const found: UnsavedRead[] = []
  for (const session of sessions) {
    const own = steps.filter(step => step.session === session)
    for (const dialect of dialects) {
      const read = firstUnsaved(own, dialect)
      const same = found.findIndex(({ step, name }) => step === read?.step && name === read.name)
      if (read !== null && same === -1) found.push({ ...read, dialects: [dialect] })
      else if (read !== null) found.splice(same, 1, { ...read, dialects: [...(found[same]?.dialects ?? []), dialect] })
    }
  }
  return found
}

function firstUnsaved(steps: readonly StatementStep[], dialect: Dialect): Omit<UnsavedRead, 'dialects'> | null {
  const known = new Set<string>()
  for (const step of steps) {
    const text = textFor(step.sql, dialect)
    if (text === null) continue
    const computed = step.set.flatMap(({ name, expression }) => {
      const read = [...freeNames(expression)].filter(each => !known.has(each))
      known.add(name)
      return read
    })
    const asked = step.when === null ? [] : [...freeNames(step.when)]
    const written = scanSql(text, dialect).references.map(({ name }) => name)
    const name = [...computed, ...[...asked, ...written].filter(each => !known.has(each))][0]
    if (name !== undefined) return { step, name }
    for (const saved of [...step.save, ...(step.saveCount === null ? [] : [step.saveCount])]) known.add(saved)
  }
  return null
}
