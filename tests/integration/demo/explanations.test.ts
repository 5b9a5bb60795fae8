import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Isolation } from '#oltp/scenario/model.js'
import { playEverywhere, type Season, type Telling } from '../../support/playbill.js'
import { engines } from '../../support/servers.js'
import { readDemo } from '../../support/stage.js'

const demos = [
  ...['dirty-read', 'circular-flow', 'booking', 'lost-update', 'closed-batch', 'snapshot-start', 'truncate', 'ghost-row'],
  ...['ddl-in-transaction', 'sequence-gap', 'savepoint', 'retry-after-failure', 'deadlock', 'zombie-tx'],
].map(readDemo)

/** A demo, or `demo/variant`, its level, and one of the sentences about it: everywhere, or on PostgreSQL and on the others. */
type Known = readonly [telling: string, isolation: Isolation, sentence: string, onInnodb?: string]

const known: readonly Known[] = [
  [
    'dirty-read',
    'read uncommitted',
    "DESK read 500 (step 4) while BATCH's UPDATE (step 3) was not committed: it was shown what had been committed before.",
    "DESK read 100500 (step 4) while BATCH's UPDATE (step 3) was not committed; then BATCH rolled back (step 5).",
  ],
  [
    'circular-flow',
    'read uncommitted',
    'MORNING read 0 (step 5) before EVENING committed, and EVENING read 0 (step 6) before MORNING did: neither saw what the other wrote.',
    "MORNING read 1 (step 5) of EVENING's UPDATE (step 4), and EVENING read 1 (step 6) of MORNING's UPDATE (step 3): each saw what the other had not committed yet, so that each would have to come after the other.",
  ],
  [
    'booking/stale-snapshot',
    'repeatable read',
    "BEN read 0 (step 9), the same as ANN before (step 6), though ANN committed (step 8) in between; BEN's first SELECT (step 3) came before that.",
  ],
  ['lost-update/version', 'read committed', "B's UPDATE changed no row (step 6): while it waited, A committed (step 7)."],
  [
    'closed-batch',
    'repeatable read',
    'No serial order explains it: what was committed, run one after the other in any of 6 orders, reads or leaves something else.',
  ],
  ['snapshot-start', 'repeatable read', "REPORT read 110 (step 3) after SHOP's UPDATE (step 2), though it had begun before that (step 1)."],
  [
    'truncate',
    'repeatable read',
    "AUDIT read 0 (step 7), though JOB committed (step 6) before it: it was shown what was there earlier; and then 0 (step 8), after JOB's TRUNCATE (step 5).",
    "JOB's TRUNCATE (step 5) committed its transaction, and with it its UPDATE (step 4).",
  ],
  ['ghost-row/read-committed', 'read committed', "PHOTO's INSERT added no row (step 4): before it, OTHER's INSERT (step 3) came."],
  [
    'ddl-in-transaction',
    'read committed',
    'MIGRATION took back its UPDATE (step 2) and its CREATE (step 3) with ROLLBACK (step 4).',
    "MIGRATION's CREATE (step 3) committed its transaction, and with it its UPDATE (step 2): ROLLBACK (step 4) found nothing to take back.",
  ],
  ['sequence-gap', 'read committed', 'SHOP took back its INSERT (step 2) with ROLLBACK (step 3).'],
  [
    'savepoint/savepoint',
    'read committed',
    'IMPORT went back to its savepoint (step 6) and committed all the same (step 9), without what step 5 was to do.',
  ],
  [
    'savepoint',
    'read committed',
    "IMPORT's INSERT was refused with 23505 (step 3): the key is taken, and a constraint keeps the rule. The server now refuses everything until ROLLBACK, and a COMMIT would roll back.",
    "IMPORT's INSERT was refused with 1062 (step 3): the key is taken, and a constraint keeps the rule. Only the statement was undone: its transaction is open, and a COMMIT would keep the rest.",
  ],
  [
    'zombie-tx',
    'read committed',
    "B's SELECT and INSERT were refused with 25P02 (steps 9 and 10): its transaction had failed before.",
    'B went on outside any transaction: its INSERT (step 10) was committed at once.',
  ],
  [
    'retry-after-failure',
    'serializable',
    'BOB sent its UPDATE once more (step 11) and did not read once more: it went by what it had read before (step 4).',
  ],
  [
    'deadlock',
    'read committed',
    "B's UPDATE was refused with 40P01 (step 6): it was sacrificed to end a deadlock. The server now refuses everything until ROLLBACK, and a COMMIT would roll back. The application has to begin the transaction again, reads included.",
    "B's UPDATE was refused with 1213 (step 6): it was sacrificed to end a deadlock. Its whole transaction was rolled back, and the session is in none any more. The application has to begin the transaction again, reads included.",
  ],
  ['deadlock/retry', 'read committed', 'B began again (step 9), and attempt 2 was committed.'],
]

let seasons: ReadonlyMap<string, Season> = new Map()

beforeAll(async () => {
  const playbill: readonly Telling[] = known.map(([telling, isolation]) => ({ telling, isolation }))
  seasons = await playEverywhere(demos, () => playbill)
}, 240_000)

afterAll(async () => {
  for (const { close } of seasons.values()) await close()
})

for (const { name } of engines) {
  describe(name, () => {
    const season = () => seasons.get(name) as Season

    for (const [telling, isolation, sentence, onInnodb] of known) {
      it(`explains ${telling} at ${isolation} by what it comes to here`, () => {
        const { explanation } = season().resultOf(telling, isolation)
        const here = name === 'postgres' ? sentence : (onInnodb ?? sentence)
        const elsewhere = name === 'postgres' ? onInnodb : sentence
        expect(explanation).toContain(here)
        if (elsewhere !== undefined && elsewhere !== here) expect(explanation).not.toContain(elsewhere)
      })
    }

    it('shows a note beside the first attempt, and not beside another', () => {
      const { steps } = season().resultOf('deadlock/retry', 'read committed')
      expect(steps.filter(({ attempt, note }) => attempt === 1 && note !== null)).not.toEqual([])
      expect(steps.filter(({ attempt }) => attempt > 1).map(({ note }) => note)).toEqual([null, null, null, null])
    })
  })
}
