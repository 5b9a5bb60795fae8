import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Casting, play, plotOf } from '#oltp/demo/play.js'
import type { DemoResult } from '#oltp/demo/result.js'
import type { Stage } from '#oltp/demo/stage.js'
import type { Demo } from '#oltp/scenario/demo/model.js'
import { type Isolation, isolationLevels } from '#oltp/scenario/model.js'
import { runsOn } from '#oltp/scenario/runs-on.js'
import { silenceOf } from '../../support/playbill.js'
import { engines } from '../../support/servers.js'
import { openStage, readDemo } from '../../support/stage.js'

const demos = [
  ...['dirty-read', 'non-repeatable-read', 'phantom', 'lost-update', 'read-skew', 'write-skew', 'booking'],
  ...['read-only-anomaly', 'deadlock', 'job-queue', 'timeouts', 'savepoint'],
].map(readDemo)

/** A time-out takes its time, whatever the level. */
const slow = ['timeouts']

interface Played {
  readonly opened: Awaited<ReturnType<typeof openStage>>
  readonly results: ReadonlyMap<string, DemoResult>
  /** The stories alone, four times more. */
  readonly again: ReadonlyMap<string, readonly DemoResult[]>
}

// The servers share nothing: all are asked at the same time.
const played = new Map<string, Played>()

beforeAll(async () => {
  await Promise.all(engines.map(async ({ name, url }) => played.set(name, await playAll(url))))
}, 900_000)

afterAll(async () => {
  for (const { opened } of played.values()) await opened.close()
})

for (const engine of engines) {
  describe(engine.name, () => {
    const stage = () => (played.get(engine.name) as Played).opened.stage
    const results = () => (played.get(engine.name) as Played).results
    const resultOf = (demo: string, variant: string | null, isolation: Isolation): DemoResult => {
      const result = results().get(keyOf(demo, variant, isolation))
      if (result === undefined) throw new Error(`${keyOf(demo, variant, isolation)} was not played`)
      return result
    }

    it('plays every telling to its end', () => {
      for (const [key, { steps, outcome }] of results()) {
        expect(
          steps.filter(({ status }) => !['done', 'failed', 'skipped'].includes(status)),
          key,
        ).toEqual([])
        expect(['happens', 'error', 'waits', 'prevented'], key).toContain(outcome)
      }
      expect(results().size).toBeGreaterThan(100)
    })

    it('says of every telling what happened', () => {
      expect([...results()].flatMap(([key, result]) => silenceOf(result, key))).toEqual([])
    })

    it('pins what it says it pins', () => {
      for (const [key, { unpinned }] of results()) expect(unpinned, key).toEqual({})
    })

    it('lets every fix keep the rule, and a serial order, where the file says so', () => {
      const broken = fixesOf(stage()).flatMap(({ demo, variant, isolation }) => faultsOf(resultOf(demo.name, variant, isolation)))
      expect(broken).toEqual([])
    })

    it('would find fault with a story that is no fix', () => {
      expect(faultsOf(resultOf('lost-update', null, 'read committed'))).toHaveLength(1)
      expect(faultsOf(resultOf('booking', 'stale-snapshot', 'repeatable read'))).toHaveLength(1)
    })

    it('lets nothing happen at serializable that is a question of it', () => {
      for (const [key, { isolation, serializable, levels }] of results()) {
        if (isolation === 'serializable' && Object.keys(levels).length === 0 && serializable !== null) {
          expect(serializable, key).toBe(true)
        }
      }
      expect(resultOf('write-skew', 'mixed-levels', 'serializable').serializable).toBe(false)
    })

    it('loses an update at read committed, and no error says so', () => {
      const { outcome, codes, rule_held, final } = resultOf('lost-update', null, 'read committed')
      expect({ outcome, codes, rule_held, rows: final?.rows }).toEqual({ outcome: 'happens', codes: [], rule_held: false, rows: [[9]] })
    })

    it('has write skew under snapshots, and none at serializable', () => {
      expect(resultOf('write-skew', null, 'repeatable read')).toMatchObject({ outcome: 'happens', rule_held: false, codes: [] })
      expect(resultOf('write-skew', null, 'serializable')).toMatchObject({ outcome: 'error', rule_held: true, serializable: true })
    })

    it('falls into the trap of a snapshot that is older than the lock', () => {
      expect(resultOf('booking', 'stale-snapshot', 'repeatable read')).toMatchObject({ outcome: 'happens', rule_held: false })
      expect(resultOf('booking', 'stale-snapshot', 'read committed')).toMatchObject({ outcome: 'waits', rule_held: true })
    })

    it('gives the same classes, codes, edges and values five times, of every story at every level', () => {
      const { again } = played.get(engine.name) as Played
      expect([...again.values()].map(runs => runs.length)).toEqual(Array(demos.flatMap(levelsOf).length).fill(4))
      for (const [key, runs] of again) {
        const first = essence(results().get(key) as DemoResult)
        for (const run of runs) expect(essence(run), key).toEqual(first)
      }
    })

    it('would notice if they were not', () => {
      const [one, other] = [resultOf('lost-update', null, 'read committed'), resultOf('lost-update', null, 'serializable')]
      expect(essence(one)).not.toEqual(essence(other))
    })

    textbookFacts(engine.name, resultOf, stage)
  })
}

function textbookFacts(
  engine: string,
  resultOf: (demo: string, variant: string | null, isolation: Isolation) => DemoResult,
  stage: () => Stage,
): void {
  if (engine === 'postgres') {
    it('is snapshot isolation at repeatable read: the first to write wins, and a rule over two rows breaks', () => {
      expect(resultOf('lost-update', null, 'repeatable read')).toMatchObject({ outcome: 'error', codes: ['40001'], rule_held: true })
      expect(resultOf('phantom', null, 'repeatable read')).toMatchObject({ outcome: 'prevented', waits: [] })
      expect(resultOf('read-only-anomaly', null, 'repeatable read')).toMatchObject({ outcome: 'happens', serializable: false })
    })

    it('never reads what is not committed', () => {
      for (const level of isolationLevels) expect(resultOf('dirty-read', null, level).outcome).toBe('prevented')
    })

    it('rolls all back that was done before an error, whatever the program does', () => {
      expect(resultOf('timeouts', null, 'read committed')).toMatchObject({ codes: ['55P03'], rule_held: true, commits: { TRANSFER: 0 } })
      expect(resultOf('savepoint', null, 'read committed')).toMatchObject({ codes: ['23505', '25P02'], rule_held: false })
    })
    return
  }

  it('reads dirty rows at read uncommitted, and nowhere else', () => {
    expect(resultOf('dirty-read', null, 'read uncommitted')).toMatchObject({ outcome: 'happens', rule_held: false })
    for (const level of ['read committed', 'repeatable read', 'serializable'] as const) {
      expect(resultOf('dirty-read', null, level)).toMatchObject({ rule_held: true, serializable: true })
    }
  })

  it('keeps the first half of a transaction whose second half timed out', () => {
    expect(resultOf('timeouts', null, 'repeatable read')).toMatchObject({ codes: ['1205'], rule_held: false, commits: { TRANSFER: 1 } })
    expect(resultOf('savepoint', null, 'repeatable read')).toMatchObject({ codes: ['1062'], rule_held: true })
  })

  it('loses updates at repeatable read, unless snapshots are checked when writing', () => {
    const checked = engine === 'mariadb' && stage().server.settings.innodb_snapshot_isolation === 'ON'
    const expected = checked ? { outcome: 'error', codes: ['1020'], rule_held: true } : { outcome: 'happens', codes: [], rule_held: false }
    expect(resultOf('lost-update', null, 'repeatable read')).toMatchObject(expected)
  })
}

async function playAll(url: string): Promise<Played> {
  const opened = await openStage(url)
  const results = new Map<string, DemoResult>()
  for (const casting of castings(opened.stage)) {
    const { demo, variant, isolation } = casting
    results.set(keyOf(demo.name, variant, isolation), await play(opened.stage, casting))
  }
  const again = new Map<string, DemoResult[]>()
  for (let run = 2; run <= 5; run++) {
    for (const casting of castings(opened.stage).filter(({ variant }) => variant === null)) {
      const key = keyOf(casting.demo.name, null, casting.isolation)
      again.set(key, [...(again.get(key) ?? []), await play(opened.stage, casting)])
    }
  }
  return { opened, results, again }
}

function castings({ dialect }: Stage): readonly (Casting & { readonly isolation: Isolation })[] {
  return demos.flatMap(demo =>
    [null, ...demo.variants.map(({ name }) => name)]
      .filter(variant => runsOn(plotOf({ demo, variant, isolation: null }), dialect))
      .flatMap(variant => levelsOf(demo).map(isolation => ({ demo, variant, isolation }))),
  )
}

function levelsOf({ name }: Demo): readonly Isolation[] {
  return slow.includes(name) ? ['read committed', 'repeatable read'] : isolationLevels
}

/** A fix that names a level is one at that level; any other is one at all. As written: what a variant has from the story is no claim. */
function fixesOf(stage: Stage): ReturnType<typeof castings> {
  const written = new Map(demos.map(({ name, text }) => [name, parse(text).variants]))
  return castings(stage).filter(({ demo, variant, isolation }) => {
    const told = variant === null ? null : written.get(demo.name)[variant]
    return told?.fix === true && (told.isolation ?? isolation) === isolation
  })
}

function faultsOf({ demo, variant, isolation, outcome, rule_held, serializable }: DemoResult): readonly string[] {
  if (rule_held === true && serializable !== false) return []
  return [`${keyOf(demo, variant, isolation)}: ${outcome}, rule held: ${rule_held}, serializable: ${serializable}`]
}

/** What must be the same each time: class, codes, who waited for whom, and all values. */
function essence({ outcome, codes, serializable, rule_held, waits, commits, final, steps }: DemoResult) {
  return {
    ...{ outcome, codes, serializable, rule_held, commits, final },
    waits: waits.map(({ step, session, blockers }) => ({ step, session, blockers })),
    steps: steps.map(({ sql, status, answer, error, woken_by }) => ({ sql, status, answer, code: error?.code, woken_by })),
  }
}

function keyOf(demo: string, variant: string | null, isolation: Isolation): string {
  return `${demo}${variant === null ? '' : `/${variant}`} at ${isolation}`
}
