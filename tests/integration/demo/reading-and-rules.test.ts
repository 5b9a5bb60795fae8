import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DemoResult } from '#oltp/demo/result.js'
import type { Stage } from '#oltp/demo/stage.js'
import type { Isolation } from '#oltp/scenario/model.js'
import { faultsOf, keyOf, playEverywhere, type Season, silenceOf, type Telling, tellingsOn } from '../../support/playbill.js'
import { engines } from '../../support/servers.js'
import { readDemo } from '../../support/stage.js'

const demos = [
  ...['dirty-write', 'intermediate-read', 'circular-flow', 'otv', 'pmp-write', 'epq-miss', 'delete-reinsert', 'read-skew-write'],
  ...['quota', 'overdraft', 'black-white', 'closed-batch', 'app-fk', 'signup', 'invoice-number'],
  ...['mysql-own-write-reveals', 'mysql-mav', 'mysql-locking-read', 'ghost-row', 'noop-update'],
].map(readDemo)

type Level = 'ru' | 'rc' | 'rr' | 'ser'
type Expected = Partial<Pick<DemoResult, 'outcome' | 'codes' | 'rule_held'>>
/** A demo, or `demo/variant`; a level; and what comes of it there. */
type Known = readonly [telling: string, level: Level, expected: Expected]

const broken: Expected = { outcome: 'happens', rule_held: false, codes: [] }
const waits: Expected = { outcome: 'waits', rule_held: true, codes: [] }
const prevented: Expected = { outcome: 'prevented', rule_held: true, codes: [] }
const refused = (code: string): Expected => ({ outcome: 'error', rule_held: true, codes: [code] })

/** On all of them. */
const everywhere: readonly Known[] = [
  ['dirty-write', 'rc', waits],
  ['intermediate-read', 'rc', prevented],
  ['circular-flow', 'rc', { outcome: 'happens', rule_held: true }],
  ['read-skew-write', 'rc', broken],
  ['quota', 'rr', broken],
  ['quota/one-statement', 'rc', broken],
  ['overdraft', 'rr', broken],
  ['closed-batch', 'rr', broken],
  ['closed-batch/nobody-prints', 'rr', prevented],
  ['app-fk', 'rr', broken],
  ['signup', 'rr', broken],
  ['signup/count-visits', 'rc', waits],
  ['invoice-number', 'rc', broken],
  ['invoice-number/two-statements', 'rr', broken],
  ['mysql-own-write-reveals', 'rc', broken],
  ['mysql-mav', 'rc', prevented],
]

/** At repeatable read a snapshot and an error; at read committed the statement that looks again only at the rows it had found. */
const onPostgres: readonly Known[] = [
  ['dirty-write', 'rr', refused('40001')],
  ['intermediate-read', 'ru', prevented],
  ['pmp-write', 'rc', broken],
  ['pmp-write', 'rr', refused('40001')],
  ['epq-miss', 'rc', broken],
  ['epq-miss', 'rr', refused('40001')],
  ['epq-miss/for-update', 'rc', broken],
  ['delete-reinsert', 'rc', broken],
  ['delete-reinsert', 'rr', refused('40001')],
  ['read-skew-write', 'rr', refused('40001')],
  ['overdraft', 'ser', refused('40001')],
  ['black-white', 'rr', broken],
  ['closed-batch', 'ser', refused('40001')],
  ['app-fk/foreign-key', 'rc', refused('23503')],
  ['app-fk/lock-the-customer', 'rr', broken],
  ['signup/unique-index', 'rc', refused('23505')],
  ['signup/lock-nothing', 'rr', refused('23505')],
  ['invoice-number', 'rr', broken],
  ['mysql-own-write-reveals', 'rr', prevented],
  ['mysql-mav', 'rr', refused('40001')],
  ['mysql-locking-read', 'rr', refused('40001')],
  ['ghost-row', 'rr', refused('40001')],
]

/** Reads of what is not committed; writes that see the latest; locks on what is not there. Whether or not MariaDB checks its snapshots. */
const onInnodb: readonly Known[] = [
  ['intermediate-read', 'ru', broken],
  ['circular-flow', 'ru', broken],
  ['otv', 'ru', broken],
  ['epq-miss', 'rc', waits],
  ['delete-reinsert', 'rc', waits],
  ['read-skew-write', 'ser', refused('1213')],
  ['quota/one-statement', 'rr', waits],
  ['overdraft', 'ser', refused('1213')],
  ['black-white', 'rr', waits],
  ['app-fk/foreign-key', 'rr', refused('1451')],
  ['signup/unique-index', 'rc', refused('1062')],
  ['signup/lock-nothing', 'rr', refused('1213')],
  ['invoice-number', 'rr', waits],
]

/** Plain reads come from a snapshot, everything else sees the present. */
const onMysql: readonly Known[] = [
  ['pmp-write', 'rr', broken],
  ['read-skew-write', 'rr', broken],
  ['epq-miss/other-way-round', 'rc', broken],
  ['black-white', 'rc', broken],
  ['closed-batch', 'ser', waits],
  ['mysql-own-write-reveals', 'rr', broken],
  ['mysql-mav', 'rr', broken],
  ['mysql-locking-read', 'rr', broken],
  ['ghost-row', 'rr', broken],
]

const onMariadb: readonly Known[] = [
  ['mysql-own-write-reveals/unchecked-snapshots', 'rr', broken],
  ['mysql-mav/unchecked-snapshots', 'rr', broken],
  ['mysql-locking-read/unchecked-snapshots', 'rr', broken],
  ['noop-update/unchecked-snapshots', 'rr', broken],
  ['mysql-own-write-reveals/checked-snapshots', 'rr', refused('1020')],
  ['mysql-mav/checked-snapshots', 'rr', refused('1020')],
  ['mysql-locking-read/checked-snapshots', 'rr', refused('1020')],
  ['noop-update/checked-snapshots', 'rr', refused('1020')],
]

/** As MariaDB is since 11.6 unless told otherwise. */
const onCheckedMariadb: readonly Known[] = [
  ['dirty-write', 'ser', refused('1020')],
  ['pmp-write', 'rr', refused('1020')],
  ['read-skew-write', 'rr', refused('1020')],
  ['black-white', 'rc', waits],
]

let seasons: ReadonlyMap<string, Season> = new Map()

beforeAll(async () => {
  seasons = await playEverywhere(demos, playbill)
}, 300_000)

afterAll(async () => {
  for (const { close } of seasons.values()) await close()
})

for (const engine of engines) {
  describe(engine.name, () => {
    const season = () => seasons.get(engine.name) as Season

    it('comes out as this engine is known to', () => {
      for (const [telling, level, expected] of knownOn(season().stage)) {
        const isolation = levels[level]
        expect(season().resultOf(telling, isolation), keyOf({ telling, isolation })).toMatchObject(expected)
      }
    })

    it('lets every fix keep the rule, and a serial order, at the level it is for', () => {
      const fixes = tellingsOn(demos, season().stage, true)
      expect(fixes.length).toBeGreaterThan(40)
      expect(fixes.flatMap(({ telling, isolation }) => faultsOf(season().resultOf(telling, isolation), telling))).toEqual([])
    })

    it('would find fault with stories that are no fix', () => {
      for (const telling of ['quota', 'signup', 'closed-batch'])
        expect(faultsOf(season().resultOf(telling, 'repeatable read'), telling), telling).toHaveLength(1)
    })

    it('says of every telling what happened', () => {
      const all = playbill(season().stage)
      expect(all.flatMap(each => silenceOf(season().resultOf(each.telling, each.isolation), keyOf(each)))).toEqual([])
    })

    it('plays every telling to its end', () => {
      for (const { telling, isolation } of playbill(season().stage)) {
        const { steps, unpinned } = season().resultOf(telling, isolation)
        expect(
          steps.filter(({ status }) => !['done', 'failed', 'skipped'].includes(status)),
          telling,
        ).toEqual([])
        expect(unpinned, telling).toEqual({})
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

/** Every telling at its own level, and whatever is known of it at others. */
function playbill(stage: Stage): readonly Telling[] {
  const known = knownOn(stage).map(([telling, level]) => ({ telling, isolation: levels[level] }))
  return [...tellingsOn(demos, stage, false), ...tellingsOn(demos, stage, true), ...known]
}
