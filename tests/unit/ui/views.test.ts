import { expect, test } from 'vitest'
import { keyBindings } from '#oltp/ui/keys.js'
import { sampleEvents } from '../../support/sample-run.js'
import { linesOf, textOf } from '../../support/screens.js'

const run = sampleEvents(47)

test('every other view, and the help', () => {
  const others = [{ view: 'transactions' }, { view: 'errors' }, { view: 'checks' }, { help: true }] as const
  expect(others.map(controls => textOf(linesOf(run, 47, 80, 24, controls))).join('\n\n')).toMatchInlineSnapshot(`
    " transfers · pessimistic  PostgreSQL 18.4  localhost:543…  RUNNING  0:47 / 1:35
     steady 2/3   16 clients  closed loop   ━━━━━━━━━━━━━━━━━━━━━━━━──────────  70%
     TPS                 p95 ms              RETRIES/s           FAILED
      1,983  ▲ 10%         7.89                36.4  0.02/txn         0  0% of txn
     avg 1,716 max 2,075 p50 1.72 p99 13.8   40001 33 40P01 3    rollbacks 210
    ─ Transactions, this phase ─────────────────────────────────────────────────────
     NAME                   TPS  p50 ms  p95 ms  p99 ms  max ms  RETRIES  FAILED
     transfer             1,373    3.29    11.5    24.2     206    1,461       0
     balance                343    0.90    2.80    4.51    13.3        0       0
     └ transfer/lock        300    2.15    7.79    16.4    71.9
     └ transfer/debit       300    0.50    1.58    2.55    7.80
     └ transfer/credit      300    0.45    1.43    2.32    6.87
     └ balance/look         292    0.70    2.25    3.75    11.0









     q stop  space freeze  tab view 2/4  t window 60s  ? help          transactions

     transfers · pessimistic  PostgreSQL 18.4  localhost:543…  RUNNING  0:47 / 1:35
     steady 2/3   16 clients  closed loop   ━━━━━━━━━━━━━━━━━━━━━━━━──────────  70%
     TPS                 p95 ms              RETRIES/s           FAILED
      1,983  ▲ 10%         7.89                36.4  0.02/txn         0  0% of txn
     avg 1,716 max 2,075 p50 1.72 p99 13.8   40001 33 40P01 3    rollbacks 210
    ─ Conflicts and errors ─────────────────────────────────────────────────────────
     CODE                                                       /s   TOTAL
     40001  serialization failure                             30.9   1,440  retried
     40P01  deadlock                                          3.88     180  retried
    ─ What the server said, one example each ───────────────────────────────────────
     40001  transfer
       could not serialize access due to concurrent update
     40P01  transfer
       deadlock detected
    ─ Events ───────────────────────────────────────────────────────────────────────
      0:28 ! a checkpoint began on the server
      0:05 · phase steady begins
      0:03 ! 40P01 deadlock detected · transfer
      0:01 ! 40001 could not serialize access due to concurrent update · transfer
      0:00 · phase warmup begins


     q stop  space freeze  tab view 3/4  t window 60s  ? help                errors

     transfers · pessimistic  PostgreSQL 18.4  localhost:543…  RUNNING  0:47 / 1:35
     steady 2/3   16 clients  closed loop   ━━━━━━━━━━━━━━━━━━━━━━━━──────────  70%
     TPS                 p95 ms              RETRIES/s           FAILED
      1,983  ▲ 10%         7.89                36.4  0.02/txn         0  0% of txn
     avg 1,716 max 2,075 p50 1.72 p99 13.8   40001 33 40P01 3    rollbacks 210
    ─ Checks ───────────────────────────────────────────────────────────────────────
     ✓ p95 < 50ms                 12.4 ms now
     ✓ failed < 0.1%              0% now
     ! retries_per_commit < 0.02  0.031 now: over the limit
     ✓ money is conserved         checked 1 s ago  1,000,000,000 as before
     · no negative balance        not checked yet
     ✓ load generator             41% busy, late by 640 µs at most
    ─ Latency ms, this phase ───────────────────────────────────────────────────────
          <0.2 ██                                                              0.8%
       0.2–0.5 ████████████████████                                            9.6%
         0.5–1 █████████████████████████████████████████                        20%
           1–2 ████████████████████████████████████████████████████             25%
           2–5 ██████████████████████████████████████████████████████████████   30%
          5–10 ███████████████████████                                          11%
         10–20 ██████                                                          2.7%
         20–50 █                                                               0.6%
           >50 █                                                               0.1%
     q stop  space freeze  tab view 4/4  t window 60s  ? help                checks

     transfers · pessimistic  PostgreSQL 18.4  localhost:543…  RUNNING  0:47 / 1:35
    ─ Keys ─────────────────────────────────────────────────────────────────────────
     q       stop: finish what is in flight, then the summary; a second time: stop
             now
     space   freeze the picture; the load goes on
     tab     next view: overview, transactions, errors, checks
     1-4     that view
     t       how far back tables and charts reach: 10 s, 60 s, 5 min, the whole
             phase
     ?       what the numbers mean
     esc     back to the overview
    ─ What the numbers mean ────────────────────────────────────────────────────────
     now           the big numbers cover the last 5 seconds of this phase; ▲ ▼
                   compare with the 5 before
     TPS           committed transactions per second
     latency       of committed transactions, retries and back-off included; closed
                   loop: from the first byte sent, open loop: from the intended
                   start
     RETRIES       attempts after the first, after a conflict that a retry can
                   resolve; by SQLSTATE or error number
     ROLLED BACK   because the scenario asked for it
     FAILED        gave up, or an error that a retry cannot resolve; counted since
     q stop  space freeze  tab view 1/4  t window 60s  ? help                  help"
  `)
  const help = textOf(linesOf(run, 47, 80, 40, { help: true }))
  for (const { shown, long } of keyBindings) expect(help.replace(/\s+/g, ' ')).toContain(`${shown} ${long}`)
})
