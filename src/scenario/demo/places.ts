import type { SourceLocation } from '../../errors.js'
import type { YamlNode } from '../diagnostics.js'
import { ofDialect, plainDialects } from '../dialects.js'
import type { Dialect } from '../model.js'
import type { SectionContext } from '../sections/context.js'
import type { SqlPlaces } from './model.js'

/** Where a statement stands: the text for all engines, or that of each. */
export function placesOf(node: YamlNode, { report }: SectionContext): SqlPlaces {
  if (node.kind !== 'map') return Object.fromEntries(plainDialects.map(dialect => [dialect, report.locate(node)]))
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, report.locate(value)]))
}

/** The place of the text that `textFor` finds. */
export function placeFor(places: SqlPlaces, dialect: Dialect): SourceLocation | null {
  return ofDialect(places, dialect) ?? null
}
