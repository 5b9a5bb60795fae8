import type { DemoResult } from './result.js'

/**
 * What a server can really give a transaction, from the weakest to the strongest, whatever it calls it. All but the fourth are in the
 * literature (Berenson et al. 1995, Adya 1999, Bailis et al. 2014); the fourth is what MySQL's REPEATABLE READ is: plain reads come from a
 * snapshot, writes and locking reads see the latest.
 */
export const actualLevels = [
  'read uncommitted',
  'read committed',
  'monotonic atomic view',
  'monotonic atomic view with a snapshot for plain reads',
  'snapshot isolation',
  'serializable',
] as const

type ActualLevel = (typeof actualLevels)[number]

/** The demos that must not happen at a level, beside those of the levels before it. */
const forbidden: { readonly [level in ActualLevel]: readonly string[] } = {
  'read uncommitted': [],
  'read committed': ['dirty-read'],
  'monotonic atomic view': ['otv'],
  'monotonic atomic view with a snapshot for plain reads': ['non-repeatable-read', 'phantom', 'read-skew'],
  'snapshot isolation': ['lost-update'],
  serializable: ['write-skew', 'booking', 'read-only-anomaly'],
}

/** Whoever reads from one snapshot all the time sees other transactions whole, too: what the first is asked need not be asked. */
const impliedBy: { readonly [level in ActualLevel]?: ActualLevel } = {
  'monotonic atomic view': 'monotonic atomic view with a snapshot for plain reads',
}

/** The names of the demos that tell levels apart. */
export const levelProbes: readonly string[] = Object.values(forbidden).flat()

/** What of a cell a level is inferred from. */
export type ProbeCell = Pick<DemoResult, 'demo' | 'outcome' | 'serializable'>

/** The level that a server provides, as far as the demos show. */
export interface InferredLevel {
  /** Null: the first demo that could tell was not played. */
  readonly level: ActualLevel | null
  /** It may be a stronger one: what would tell was not played. */
  readonly at_least: boolean
  /** The cells that it rests on: none of them happened. */
  readonly rests_on: readonly Evidence[]
  /** What did happen, and keeps it from being the next level; empty for the strongest. */
  readonly ruled_out_by: readonly Evidence[]
  /** Demos that would have told more. */
  readonly not_played: readonly string[]
  /** Of a server that seems serializable: other demos that no serial order explains, since not all that SQL can do is part of it. */
  readonly exceptions: readonly Evidence[]
}

interface Evidence {
  readonly demo: string
  readonly outcome: DemoResult['outcome']
}

/**
 * The strongest level of which everything that it forbids was tried, and did not happen. A cell counts by its serializability alone: a
 * business rule may be broken at any level. It is a finding about some schedules and no proof.
 *
 * @param cells of one server at one level, each the story itself, not a variant of it
 */
export function inferLevel(cells: readonly ProbeCell[]): InferredLevel {
  const played = new Map(cells.filter(({ serializable }) => serializable !== null).map(cell => [cell.demo, cell]))
  const evidence = (demos: readonly string[]) => demos.flatMap(demo => evidenceOf(played.get(demo)))
  const happened = (demo: string) => played.get(demo)?.serializable === false
  const missing = (demo: string) => !played.has(demo)
  const isHeld = (level: ActualLevel): boolean => {
    const implied = impliedBy[level]
    return (
      forbidden[level].every(demo => !happened(demo) && !missing(demo)) ||
      (implied !== undefined && isHeld(implied) && !forbidden[level].some(happened))
    )
  }

  const stop = actualLevels.findIndex(level => !isHeld(level))
  const held = stop === -1 ? actualLevels : actualLevels.slice(0, stop)
  // The first level that is out of the question, and those before it of which nobody knows.
  const broken = actualLevels.findIndex(level => forbidden[level].some(happened))
  const unknown = actualLevels.slice(held.length, broken === -1 ? undefined : broken)
  const restsOn = held.flatMap(level => forbidden[level])
  return {
    level: restsOn.length === 0 && unknown.length > 0 ? null : (held.at(-1) ?? null),
    at_least: unknown.length > 0,
    rests_on: evidence(restsOn),
    ruled_out_by: broken === -1 ? [] : evidence(forbidden[actualLevels[broken] as ActualLevel].filter(happened)),
    not_played: unknown.flatMap(level => forbidden[level]).filter(missing),
    exceptions:
      held.length < actualLevels.length ? [] : evidence([...played.keys()].filter(demo => !levelProbes.includes(demo) && happened(demo))),
  }
}

function evidenceOf(cell: ProbeCell | undefined): readonly Evidence[] {
  return cell === undefined ? [] : [{ demo: cell.demo, outcome: cell.outcome }]
}
