import type { Dialect, Isolation } from '../scenario/model.js'
import type { MatrixCell, MatrixLevel, MatrixServer } from './matrix-model.js'

/** What of a matrix is compared; a whole one is one. */
export interface ComparedMatrix {
  readonly servers: readonly Pick<MatrixServer, 'server' | 'engine'>[]
  readonly cells: readonly (Verdict & Pick<MatrixCell, 'server' | 'demo' | 'variant' | 'isolation'>)[]
  readonly levels: readonly Pick<MatrixLevel, 'server' | 'isolation' | 'level' | 'at_least'>[]
}

type Verdict = Pick<MatrixCell, 'outcome' | 'codes' | 'serializable' | 'rule_held'>

/** What is different from an earlier matrix. */
export interface MatrixChanges {
  readonly servers: readonly { readonly engine: Dialect; readonly before: string; readonly after: string }[]
  readonly cells: readonly CellChange[]
  readonly levels: readonly LevelChange[]
  /** Cells that only one of the two has. */
  readonly only_before: number
  readonly only_after: number
}

export interface CellChange {
  /** As it is called now. */
  readonly server: string
  readonly demo: string
  /** A way out; null: the story. */
  readonly variant: string | null
  readonly isolation: Isolation
  readonly before: Verdict
  readonly after: Verdict
}

interface LevelChange {
  readonly server: string
  readonly isolation: Isolation
  readonly before: Pick<MatrixLevel, 'level' | 'at_least'>
  readonly after: Pick<MatrixLevel, 'level' | 'at_least'>
}

/**
 * Cell by cell. A server is taken for the one of the same engine and place among those of its engine: an upgrade changes its version. Error
 * codes are compared as a set with multiplicity, since which of two sessions a deadlock takes may differ.
 */
export function compareMatrices(before: ComparedMatrix, after: ComparedMatrix): MatrixChanges {
  const places = new Map(before.servers.map(({ server, engine }, at) => [placeOf(before.servers, engine, at), server]))
  const earlierName = new Map(after.servers.map(({ server, engine }, at) => [server, places.get(placeOf(after.servers, engine, at))]))
  const earlierCells = new Map(before.cells.map(cell => [keyOf(cell), cell]))
  const earlierLevels = new Map(before.levels.map(level => [levelKey(level), level]))
  const shared = after.cells.flatMap(cell => {
    const earlier = earlierCells.get(keyOf({ ...cell, server: earlierName.get(cell.server) ?? '' }))
    return earlier === undefined ? [] : [{ earlier, cell }]
  })
  return {
    servers: after.servers.flatMap(({ server, engine }) => {
      const earlier = earlierName.get(server)
      return earlier === undefined || earlier === server ? [] : [{ engine, before: earlier, after: server }]
    }),
    cells: shared
      .filter(({ earlier, cell }) => fingerprint(earlier) !== fingerprint(cell))
      .map(({ earlier, cell: { server, demo, variant, isolation, ...now } }) => ({
        server,
        demo,
        variant,
        isolation,
        before: verdict(earlier),
        after: verdict(now),
      })),
    levels: after.levels.flatMap(({ server, isolation, level, at_least }) => {
      const earlier = earlierLevels.get(levelKey({ server: earlierName.get(server) ?? '', isolation }))
      if (earlier === undefined || (earlier.level === level && earlier.at_least === at_least)) return []
      return [{ server, isolation, before: { level: earlier.level, at_least: earlier.at_least }, after: { level, at_least } }]
    }),
    only_before: before.cells.length - shared.length,
    only_after: after.cells.length - shared.length,
  }
}

function placeOf(servers: ComparedMatrix['servers'], engine: Dialect, at: number): string {
  return `${engine} ${servers.slice(0, at).filter(other => other.engine === engine).length}`
}

function keyOf({ server, demo, variant, isolation }: Pick<MatrixCell, 'server' | 'demo' | 'variant' | 'isolation'>): string {
  return JSON.stringify([server, demo, variant, isolation])
}

function levelKey({ server, isolation }: Pick<MatrixLevel, 'server' | 'isolation'>): string {
  return JSON.stringify([server, isolation])
}

function fingerprint({ outcome, codes, serializable, rule_held }: Verdict): string {
  return JSON.stringify([outcome, [...codes].sort(), serializable, rule_held])
}

function verdict({ outcome, codes, serializable, rule_held }: Verdict): Verdict {
  return { outcome, codes, serializable, rule_held }
}
