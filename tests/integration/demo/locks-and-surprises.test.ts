import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DemoResult } from '#oltp/demo/result.js'
import type { Stage } from '#oltp/demo/stage.js'
import type { Isolation } from '#oltp/scenario/model.js'
import { faultsOf, keyOf, playEverywhere, type Season, silenceOf, type Telling, tellingsOn } from '../../support/playbill.js'
import { engines } from '../../support/servers.js'
import { readDemo } from '../../support/stage.js'

const demos = [
  ...['gap-lock', 'unindexed-update', 'deadlock-upgrade', 'deadlock-index-order', 'deadlock-scan', 'fk-counter', 'dup-insert-deadlock'],
  ...['zombie-tx', 'lock-convoy', 'outbox-gap', 'snapshot-start', 'truncate', 'ssi-false-positive'],
  ...['ddl-in-transaction', 'sequence-gap', 'serializable-autocommit', 'read-only-write', 'lock-without-write', 'retry-after-failure'],
].map(readDemo)

type Level = 'ru' | 'rc' | 'rr' | 'ser'
type Expected = Partial<Pick<DemoResult, 'outcome' | 'codes' | 'rule_held' | 'serializable'>>
/** A demo, or `demo/variant`; a level; and what comes of it there. */
type Known = readonly [telling: string, level: Level, expected: Expected]

const broken: Expected = { outcome: 'happens', rule_held: false, codes: [] }
const waits: Expected = { outcome: 'waits', rule_held: true, codes: [] }
const prevented: Expected = { outcome: 'prevented', rule_held: true, codes: [] }
const refused = (...codes: readonly string[]): Expected => ({ outcome: 'error', rule_held: true, codes })
const brokenAfter = (...codes: readonly string[]): Expected => ({ outcome: 'happens', rule_held: false, codes })

/** A snapshot is taken by the first query; numbers are not given back; locks queue; and a rule can be broken in perfect order. */
const everywhere: readonly Known[] = [
  ['snapshot-start', 'rr', broken],
  ['sequence-gap', 'rc', broken],
  ['lock-convoy', 'rc', broken],
  ['lock-convoy/no-migration', 'rc', prevented],
  ['outbox-gap', 'rc', { ...broken, serializable: true }],
  ['serializable-autocommit', 'ser', prevented],
  ['serializable-autocommit/two-reads', 'ser', broken],
  ['read-only-write/no-promise', 'rc', broken],
  ['lock-without-write', 'rr', { ...broken, serializable: true }],
  ['lock-without-write/nothing-written', 'rr', waits],
  ['retry-after-failure', 'ser', { outcome: 'happens', rule_held: false, serializable: true }],
  ['retry-after-failure/no-retry', 'rr', { ...broken, serializable: false }],
  ['deadlock-upgrade/for-update', 'rc', waits],
  ['deadlock-upgrade/serializable', 'rc', broken],
  ['fk-counter/parent-locked', 'rc', waits],
  ['truncate', 'rc', prevented],
]

/** Locks rows and no gaps, knows how weak a lock a foreign key needs, ends a transaction with its first error, and changes tables in one. */
const onPostgres: readonly Known[] = [
  ['gap-lock', 'rc', prevented],
  ['gap-lock', 'rr', prevented],
  ['unindexed-update', 'rr', prevented],
  ['unindexed-update', 'ser', refused('40001')],
  ['deadlock-upgrade', 'rc', refused('40P01')],
  ['deadlock-index-order', 'rc', waits],
  ['deadlock-scan', 'rc', refused('40P01')],
  ['deadlock-scan', 'rr', refused('40001', '40001')],
  ['fk-counter', 'rc', waits],
  ['fk-counter/parent-changes', 'rc', prevented],
  ['fk-counter/parent-locked-gently', 'rc', prevented],
  ['dup-insert-deadlock', 'rc', refused('23505')],
  ['zombie-tx', 'rc', refused('40P01', '25P02', '25P02')],
  ['zombie-tx/stale-snapshot', 'rr', refused('40001', '25P02')],
  ['lock-convoy/lock-timeout', 'rc', refused('55P03')],
  ['outbox-gap', 'ser', { ...broken, serializable: true }],
  ['snapshot-start/select-one', 'rr', prevented],
  ['truncate', 'rr', { ...broken, serializable: false }],
  ['truncate', 'ser', { ...broken, serializable: false }],
  ['truncate/rewritten', 'rr', { ...broken, serializable: false }],
  ['ssi-false-positive', 'ser', { ...brokenAfter('40001'), serializable: true }],
  ['ssi-false-positive/index-scan', 'ser', prevented],
  ['ddl-in-transaction', 'rc', prevented],
  ['ddl-in-transaction/even-if-it-fails', 'rc', refused('42P07')],
  ['serializable-autocommit/in-a-transaction', 'ser', prevented],
  ['read-only-write', 'rc', refused('25006')],
  ['read-only-write/goes-on', 'rc', refused('25006', '25P02')],
  ['lock-without-write/key-first', 'rr', broken],
]

/** Locks gaps and index entries, shares locks for foreign keys and duplicates, forgets transactions by itself, and commits before DDL. */
const onInnodb: readonly Known[] = [
  ['gap-lock', 'rc', broken],
  ['gap-lock', 'rr', waits],
  ['gap-lock/bystander', 'rr', waits],
  ['unindexed-update', 'rr', waits],
  ['unindexed-update/index', 'rr', prevented],
  ['deadlock-upgrade', 'rr', refused('1213')],
  ['deadlock-upgrade/serializable', 'ser', refused('1213')],
  ['deadlock-index-order', 'rc', refused('1213')],
  ['deadlock-index-order', 'rr', refused('1213')],
  ['deadlock-scan', 'rr', refused('1213')],
  ['fk-counter', 'rr', refused('1213')],
  ['fk-counter/parent-changes', 'rr', waits],
  ['dup-insert-deadlock', 'rr', refused('1213')],
  ['dup-insert-deadlock/retry', 'rr', refused('1213', '1062')],
  ['zombie-tx', 'rr', brokenAfter('1213')],
  ['zombie-tx/foreign-key', 'rr', refused('1213', '1452')],
  ['lock-convoy/lock-timeout', 'rr', refused('1205')],
  ['outbox-gap', 'ru', prevented],
  ['snapshot-start/select-one', 'rr', broken],
  ['truncate', 'rr', refused('1412')],
  ['truncate/rewritten', 'rr', refused('1412')],
  ['ssi-false-positive', 'ser', prevented],
  ['ddl-in-transaction', 'rr', broken],
  ['ddl-in-transaction/even-if-it-fails', 'rr', brokenAfter('1050')],
  ['serializable-autocommit/in-a-transaction', 'ser', waits],
  ['read-only-write', 'rr', refused('1792')],
  ['read-only-write/goes-on', 'rr', refused('1792')],
  ['lock-without-write/key-first', 'rr', waits],
]

const onMysql: readonly Known[] = [
  ['unindexed-update', 'rc', prevented],
  ['outbox-gap', 'ser', waits],
]

/** As MariaDB is since 11.6 unless told otherwise: rows that do not match stay locked even at read committed. */
const onCheckedMariadb: readonly Known[] = [['unindexed-update', 'rc', waits]]

const onMariadb: readonly Known[] = [['zombie-tx/stale-snapshot', 'rr', brokenAfter('1020')]]

let seasons: ReadonlyMap<string, Season> = new Map()

beforeAll(async () => {
  seasons = await playEverywhere(demos, playbill)
}, 240_000)

afterAll(async () => {
  for (const { close } of seasons.values()) await close()
})

for (const engine of engines) {
  describe(engine.name, () => {
    const season = () => seasons.get(engine.name) as Season
    const own = (telling: string): DemoResult => {
      const told = tellings(season().stage).find(each => each.telling === telling)
      if (told === undefined) throw new Error(`${telling} is not told on ${engine.name}`)
      return season().resultOf(telling, told.isolation)
    }

    it('comes out as this engine is known to', () => {
      for (const [telling, level, expected] of knownOn(season().stage)) {
        const isolation = levels[level]
        expect(season().resultOf(telling, isolation), keyOf({ telling, isolation })).toMatchObject(expected)
      }
    })

    it('lets every fix keep the rule, and a serial order, at the level it is for', () => {
      const fixes = tellingsOn(demos, season().stage, true)
      expect(fixes.length).toBeGreaterThan(30)
      expect(fixes.flatMap(({ telling, isolation }) => faultsOf(season().resultOf(telling, isolation), telling))).toEqual([])
    })

    it('would find fault with stories that are no fix', () => {
      for (const telling of ['sequence-gap', 'outbox-gap', 'lock-without-write', 'retry-after-failure'])
        expect(faultsOf(own(telling), telling), telling).toHaveLength(1)
    })

    it('has no deadlock in a fix but where the fix is to try again', () => {
      const fixes = tellingsOn(demos, season().stage, true).filter(({ telling }) => /deadlock|fk-counter/.test(telling))
      const deadlocked = fixes.filter(({ telling }) => own(telling).codes.some(isDeadlock)).map(({ telling }) => telling)
      expect(deadlocked.filter(telling => !telling.endsWith('/retry'))).toEqual([])
      expect(deadlocked).toContain('deadlock-upgrade/retry')
    })

    it('ends the session that is pinned, or that has changed less', () => {
      for (const telling of ['deadlock-upgrade', 'zombie-tx/give-up']) expect(own(telling).commits, telling).toEqual({ A: 1, B: 0 })
    })

    it('lets everybody who gave up come to an end when trying again', () => {
      for (const telling of ['deadlock-upgrade/retry', 'fk-counter/retry', 'zombie-tx/retry'])
        expect(own(telling).commits, telling).toEqual({ A: 1, B: 1 })
    })

    it('sees the convoy: who reads stands behind who alters, who stands behind who has read', () => {
      const chain = own('lock-convoy').waits.map(({ session, blockers }) => ({ session, blockers }))
      // MariaDB tells that they wait, and not for whom.
      const told = (blocker: string) => (engine.name === 'mariadb' ? [] : [blocker])
      expect(chain).toEqual([
        { session: 'DBA', blockers: told('ANALYST') },
        { session: 'WEB', blockers: told('DBA') },
      ])
    })

    it('says of every telling what happened', () => {
      const all = playbill(season().stage)
      expect(all.flatMap(told => silenceOf(season().resultOf(told.telling, told.isolation), keyOf(told)))).toEqual([])
      const { explanation, ...result } = own('sequence-gap')
      expect(silenceOf({ ...result, explanation: explanation.slice(-1) }, 'its ending alone')).toHaveLength(1)
    })

    it('plays every telling to its end, pinned as it says', () => {
      for (const { telling, isolation } of playbill(season().stage)) {
        const { steps, unpinned } = season().resultOf(telling, isolation)
        const left = steps.filter(({ status }) => !['done', 'failed', 'skipped'].includes(status))
        expect({ left, unpinned }, keyOf({ telling, isolation })).toEqual({ left: [], unpinned: {} })
      }
    })
  })
}

const levels: { readonly [level in Level]: Isolation } = {
  ru: 'read uncommitted',
  rc: 'read committed',
  rr: 'repeatable read',
  ser: 'serializable',
}

function knownOn({ dialect, server }: Stage): readonly Known[] {
  if (dialect === 'postgres') return [...everywhere, ...onPostgres]
  if (dialect === 'mysql') return [...everywhere, ...onInnodb, ...onMysql]
  const checked = server.settings.innodb_snapshot_isolation === 'ON'
  return [...everywhere, ...onInnodb, ...onMariadb, ...(checked ? onCheckedMariadb : [])]
}

/** Every telling at the level that it is for, and whatever is known of it at others. */
function playbill(stage: Stage): readonly Telling[] {
  return [...tellings(stage), ...knownOn(stage).map(([telling, level]) => ({ telling, isolation: levels[level] }))]
}

function tellings(stage: Stage): readonly Telling[] {
  return [...tellingsOn(demos, stage, false), ...tellingsOn(demos, stage, true)]
}

function isDeadlock(code: string): boolean {
  return code === '40P01' || code === '1213'
}
