import { dialectFacts } from './dialects.js'
import type { Dialect } from './model.js'

/** Whether a step is run on this engine: what is for MySQL is for MariaDB, too. `engines: null` is all. */
export function runsOn({ engines }: { readonly engines: readonly Dialect[] | null }, dialect: Dialect): boolean {
  const { like } = dialectFacts[dialect]
  return engines === null || engines.includes(dialect) || (like !== null && engines.includes(like))
}
