import { formatCount } from '../../format.js'

/** Cumulative counts that events are made of. */
export interface Progress {
  /** Checkpoints that have begun: because it was time, and because of WAL or a command. */
  readonly timed: number
  readonly requested: number
  readonly deadlocks: number
  /** Buffers written by checkpoints, and the time that checkpoints took, which is added when one is over. */
  readonly written: number
  readonly checkpoint_ms: number
  /** Autovacuums and autoanalyzes by table. */
  readonly tables: { readonly [table: string]: readonly [vacuums: number, analyzes: number] }
}

/** Tells what is new in each look at a server since the look before. */
export function createEventTeller(): (now: Progress) => string[] {
  let first: Progress | null = null
  let before: Progress | null = null
  /** Buffers written when the checkpoint under way began. */
  let writtenBefore: number | null = null
  return now => {
    const earlier = before
    first ??= now
    before = now
    if (earlier === null) return []
    const events = [...tableEvents(earlier, now)]
    if (now.deadlocks > first.deadlocks && earlier.deadlocks <= first.deadlocks) events.push('first deadlock on the server')

    const begun = now.timed > earlier.timed ? 'timed' : now.requested > earlier.requested ? 'requested' : null
    const over = now.checkpoint_ms > earlier.checkpoint_ms
    if (begun !== null) writtenBefore = earlier.written
    const written = `${formatCount(now.written - (writtenBefore ?? earlier.written))} buffers written`
    if (begun !== null && over) events.push(`${begun} checkpoint: ${written}`)
    else if (begun !== null) events.push(`${begun} checkpoint began`)
    else if (over) events.push(`checkpoint finished: ${written}`)
    if (over) writtenBefore = null
    return events
  }
}

function* tableEvents(before: Progress, now: Progress): Generator<string> {
  for (const [table, [vacuums, analyzes]] of Object.entries(now.tables)) {
    const [vacuumsBefore, analyzesBefore] = before.tables[table] ?? [0, 0]
    if (vacuums > vacuumsBefore) yield `autovacuum of ${table}`
    if (analyzes > analyzesBefore) yield `autoanalyze of ${table}`
  }
}
