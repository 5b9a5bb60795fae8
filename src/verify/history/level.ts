import type { AnomalyName } from '../../scenario/anomalies.js'

/** The strongest isolation level under which what was seen can happen; `none`: not even under read uncommitted. */
const levelsShown = ['serializable', 'snapshot isolation', 'read committed', 'read uncommitted', 'none'] as const
export type LevelShown = (typeof levelsShown)[number]

/** The level that these anomalies leave; more transactions may show more. */
export function levelShown(found: readonly AnomalyName[]): LevelShown {
  const weakest = found.map(name => levelsShown.indexOf(allowedUnder[name])).reduce((a, b) => Math.max(a, b), 0)
  return levelsShown[weakest] as LevelShown
}

const allowedUnder: { readonly [name in AnomalyName]: LevelShown } = {
  garbage: 'none',
  'duplicate element': 'none',
  'aborted write': 'none',
  'foreign increment': 'none',
  G0: 'none',
  G1a: 'read uncommitted',
  G1b: 'read uncommitted',
  G1c: 'read uncommitted',
  // Where a list is written back as a whole, as in a lost update, what others appended meanwhile vanishes.
  'lost append': 'read committed',
  'incompatible order': 'read committed',
  internal: 'read committed',
  'lost update': 'read committed',
  'lost increment': 'read committed',
  'G-single': 'read committed',
  'G-nonadjacent': 'read committed',
  'G2-item': 'snapshot isolation',
  'write skew': 'snapshot isolation',
}
