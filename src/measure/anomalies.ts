/**
 * What can be wrong with a history of lists, worst first. `G…` are the names of Adya, Liskov and O'Neil, «Generalized Isolation Level
 * Definitions», ICDE 2000; G-nonadjacent is what snapshot isolation excludes, after Cerone and Gotsman, PODC 2016.
 */
export const anomalyNames = [
  'garbage',
  'duplicate element',
  'aborted write',
  'G0',
  'G1a',
  'G1b',
  'G1c',
  'lost append',
  'incompatible order',
  'internal',
  'lost update',
  'G-single',
  'G-nonadjacent',
  'G2-item',
  'write skew',
] as const
export type AnomalyName = (typeof anomalyNames)[number]

/** In a few words each, for people. */
export const anomalyMeanings: { readonly [name in AnomalyName]: string } = {
  garbage: 'an element was read that nobody appended',
  'duplicate element': 'a list holds an element twice',
  'aborted write': 'what was rolled back is there in the end',
  G0: 'two transactions overwrote each other in both orders: dirty write',
  G1a: 'what was rolled back had been read: dirty read',
  G1b: 'a transaction was read while it was half done',
  G1c: 'transactions read from each other in a circle',
  'lost append': 'what was committed is not there in the end',
  'incompatible order': 'a list was read that its last version did not grow out of',
  internal: 'a transaction does not agree with what it has read or written itself',
  'lost update': 'two transactions updated the same version of a list or a counter',
  'G-single': 'a transaction saw one part of another and missed the other part: read skew',
  'G-nonadjacent': 'a circle that no snapshot explains',
  'G2-item': 'transactions overwrote what the others had read: write skew',
  'write skew': 'a transaction saw what none should have left behind',
}

/** The strongest isolation level under which what was seen can happen; `none`: not even under read uncommitted. */
export const levelsShown = ['serializable', 'snapshot isolation', 'read committed', 'read uncommitted', 'none'] as const
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
  G0: 'none',
  G1a: 'read uncommitted',
  G1b: 'read uncommitted',
  G1c: 'read uncommitted',
  // Where a list is written back as a whole, as in a lost update, what others appended meanwhile vanishes.
  'lost append': 'read committed',
  'incompatible order': 'read committed',
  internal: 'read committed',
  'lost update': 'read committed',
  'G-single': 'read committed',
  'G-nonadjacent': 'read committed',
  'G2-item': 'snapshot isolation',
  'write skew': 'snapshot isolation',
}
