/**
 * What can be wrong with how transactions saw each other, worst first. `G…` are the names of Adya, Liskov and O'Neil, «Generalized Isolation Level
 * Definitions», ICDE 2000; G-nonadjacent is what snapshot isolation excludes, after Cerone and Gotsman, PODC 2016.
 */
export const anomalyNames = [
  'garbage',
  'duplicate element',
  'aborted write',
  'foreign increment',
  'G0',
  'G1a',
  'G1b',
  'G1c',
  'lost append',
  'incompatible order',
  'internal',
  'lost update',
  'lost increment',
  'G-single',
  'G-nonadjacent',
  'G2-item',
  'write skew',
] as const
export type AnomalyName = (typeof anomalyNames)[number]

/** In a few words each, for people; docs/result.md has more. */
export const anomalyMeanings: { readonly [name in AnomalyName]: string } = {
  garbage: 'read, and never appended',
  'duplicate element': 'appended once, there twice',
  'aborted write': 'rolled back, and yet there',
  'foreign increment': 'there, and never committed',
  G0: 'dirty write',
  G1a: 'dirty read: of a rollback',
  G1b: 'dirty read: half done',
  G1c: 'circular information flow',
  'lost append': 'committed, and not there',
  'incompatible order': 'lists that disagree',
  internal: 'at odds with itself',
  'lost update': 'both updated one version',
  'lost increment': 'committed, and not counted',
  'G-single': 'read skew',
  'G-nonadjacent': 'no snapshot explains it',
  'G2-item': 'write skew',
  'write skew': 'saw what none left behind',
}
