import { expect, test } from 'vitest'
import type { RunEvent } from '#oltp/run/events.js'
import { layout } from '#oltp/ui/layout.js'
import { sampleEvents, samplePreparation } from '../../support/sample-run.js'
import { linesOf, textOf } from '../../support/screens.js'

const run = sampleEvents(47)
const sizes = [
  [60, 16],
  [80, 24],
  [120, 40],
  [200, 60],
] as const

test('the screen is divided by importance', () => {
  const content = { transactions: 2, statements: 4, checks: 6 }
  const plans = sizes.map(([columns, rows]) =>
    Object.entries(layout(columns, rows, content))
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  )
  expect(plans).toMatchInlineSnapshot(`
    [
      "columns 60, rows 16, wide false, numbers 3, charts 4, transactions 4, statements 0, details 0, server 0, checks 1, events 0, spare 0",
      "columns 80, rows 24, wide false, numbers 3, charts 6, transactions 4, statements 0, details 0, server 0, checks 4, events 3, spare 0",
      "columns 120, rows 40, wide true, numbers 3, charts 8, transactions 4, statements 4, details 8, server 1, checks 8, events 0, spare 0",
      "columns 200, rows 60, wide true, numbers 3, charts 13, transactions 4, statements 4, details 12, server 1, checks 19, events 0, spare 0",
    ]
  `)
})

test('80x24', () => {
  expect(textOf(linesOf(run, 47, 80, 24))).toMatchInlineSnapshot(`
    " transfers · pessimistic  PostgreSQL 18.4  localhost:543…  RUNNING  0:47 / 1:35
     steady 2/3   16 clients  closed loop   ━━━━━━━━━━━━━━━━━━━━━━━━──────────  70%
     TPS                 p95 ms              RETRIES/s           FAILED
      1,983  ▲ 10%         7.89                36.4  0.02/txn         0  0% of txn
     avg 1,716 max 2,075 p50 1.72 p99 13.8   40001 33 40P01 3    rollbacks 210
    ─ TPS, last 68 s ──────────────────────  ─ p95 ms, last 68 s ───────────────────
    2.5k               ▁                       60                         ▂
                      ████▆▄▃▁      ▂▃▅▆▇██                               █
                     ██████████▆▆ █▇███████                               █
                   ▇███████████████████████                               █
       0           ████████████████████████     0           ▆▆▆▅▅▅▆▆▅▅▅▅▅▆█▆▆▆▅▆▅▅▅▆
    ─ Transactions, this phase ─────────────────────────────────────────────────────
     NAME              TPS  p50 ms  p95 ms  p99 ms  max ms  RETRIES PER TXN  FAILED
     transfer        1,373    3.29    11.5    24.2     206    1,461    0.03       0
     balance           343    0.90    2.80    4.51    13.3        0       0       0
    ─ Checks ───────────────────────────────────────────────────────────────────────
     ✓ p95 < 50ms                  12.4 ms    ✓ money is conserved          1 s ago
     ✓ failed < 0.1%                    0%    · no negative balance         not yet
     ! retries_per_commit < 0.02     0.031    ✓ load generator             41% busy
    ─ Events ───────────────────────────────────────────────────────────────────────
      0:28 ! a checkpoint began on the server
      0:05 · phase steady begins
     q stop  space freeze  tab view 1/4  t window 60s  ? help              overview"
  `)
})

test('60x16', () => {
  expect(textOf(linesOf(run, 47, 60, 16))).toMatchInlineSnapshot(`
    " transfers · pessimistic  PostgreSQL…  RUNNING  0:47 / 1:35
     steady 2/3   16 clients  closed loop   ━━━━━━━━━━────  70%
     TPS            p95 ms         RETRIES/s      FAILED
      1,983  ▲ 10%    7.89           36.4  0.02        0  0%
     avg 1,716      p50 1.72       40001 33       rollbacks 210
    ─ TPS, last 72 s ────────────  ─ p95 ms, last 72 s ─────────
    2.5k           ▃▄▃▁       ▂▃▃    60                  ▄
                 ▁▅█████▆▅▃▆▇████                        █
       0         ████████████████     0         ▄▃▃▃▃▃▃▃▄█▄▃▃▃▃▃
    ─ Transactions, this phase ─────────────────────────────────
     NAME              TPS  p50 ms  p95 ms  RETRIES  FAILED
     transfer        1,373    3.29    11.5    1,461       0
     balance           343    0.90    2.80        0       0
     ! retries_per_commit < 0.02  · no negative balance  ✓ p95 …
     q stop  space freeze  tab view 1/4  t window 60s  ? help"
  `)
})

test('120x40', () => {
  expect(textOf(linesOf(run, 47, 120, 40))).toMatchInlineSnapshot(`
    " oltp  transfers · pessimistic  PostgreSQL 18.4  localhost:5432/bench  seed 42                     RUNNING  0:47 / 1:35
     warmup ✓  steady 2/3  ramp    16 clients  closed loop   ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━─────────────────  70%
     TPS                     p95 ms                  RETRIES/s               FAILED                  CLIENTS
       1,983  ▲ 10%             7.89                    36.4  0.02 per txn         0  0% of txn           16  of 16
     avg 1,716  max 2,075    p50 1.72  p99 13.8      40001 33  40P01 3       rollbacks 210           in txn 14  backoff 2
    ─ TPS, last 54 s ──────────────────────────────────────────  ─ p95 ms, last 54 s ───────────────────────────────────────
    2.5k                                                           60
                     ▄▄▆▅▆▆▄▆▃▁▃                       ▁▂▃▄▅▄▅▅                                           ▇
                     ████████████▇▇▄▅▂▃        ▂  ▄▅▅▅█████████                                           █
                     ███████████████████▆██▆▆ █████████████████                                           █
                ▅▆▆██████████████████████████ █████████████████                                           █
                █████████████████████████████▆█████████████████                                           █
       0        ███████████████████████████████████████████████     0        ███▇██▇▇█▇█▇█▇██▇▇██▇▇▇▇▇▇██▇██▇███▆▇▇██▇▇▇▇▇██
    ─ Transactions, this phase ─────────────────────────────────────────────────────────────────────────────────────────────
     NAME                MIX      TPS  p50 ms  p95 ms  p99 ms  max ms  RETRIES PER TXN ROLLED BACK  FAILED  TPS 60 s
     transfer            80%    1,373    3.29    11.5    24.2     206    1,461    0.03         210       0     ▄▇██▇▆▅▅▆▇██
     balance             20%      343    0.90    2.80    4.51    13.3        0       0           0       0     ▄▇██▇▆▅▅▆▇██
     └ transfer/lock              300    2.15    7.79    16.4    71.9                                       59% of time
     └ transfer/debit             300    0.50    1.58    2.55    7.80                                       12% of time
     └ transfer/credit            300    0.45    1.43    2.32    6.87                                       11% of time
     └ balance/look               292    0.70    2.25    3.75    11.0                                       17% of time
    ─ Latency ms, this phase ──────────────────────────────────  ─ Conflicts and errors ────────────────────────────────────
          <0.3 ███                                        2.7%    CODE                                  /s   TOTAL
         0.3–1 ████████████████████████████                27%    40001  serialization failure        30.9   1,440  retried
           1–3 █████████████████████████████████████████   40%    40P01  deadlock                     3.88     180  retried
          3–10 ███████████████████████████                 26%
         10–30 ███                                        3.1%
           >30 █                                          0.4%

     Server 2 waiting for locks · WAL 3.2 MB/s · cache misses 0.03% · 1 checkpoint · 188 deadlocks
    ─ Checks ──────────────────────────────────────────────────  ─ Events ──────────────────────────────────────────────────
     ✓ p95 < 50ms                                      12.4 ms     0:28 ! a checkpoint began on the server
     ✓ failed < 0.1%                                        0%     0:05 · phase steady begins
     ! retries_per_commit < 0.02                         0.031     0:03 ! 40P01 deadlock detected · transfer
     ✓ money is conserved                              1 s ago     0:01 ! 40001 could not serialize access due to concurren…
     · no negative balance                             not yet     0:00 · phase warmup begins
     ✓ load generator                                 41% busy

     q stop  space freeze  tab view 1/4  t window 60s  ? help                1 overview  2 transactions  3 errors  4 checks"
  `)
})

test('200x60', () => {
  expect(textOf(linesOf(run, 47, 200, 60))).toMatchInlineSnapshot(`
    " oltp  transfers · pessimistic  PostgreSQL 18.4  localhost:5432/bench  seed 42                                                                                                     RUNNING  0:47 / 1:35
     warmup ✓  steady 2/3  ramp    16 clients  closed loop   ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━─────────────────────────────────────────  70%
     TPS                                     p95 ms                                  RETRIES/s                               FAILED                                  CLIENTS
       1,983  ▲ 10%                             7.89                                    36.4  0.02 per txn                         0  0% of txn                           16  of 16
     avg 1,716  max 2,075                    p50 1.72  p99 13.8                      40001 33  40P01 3                       rollbacks 210                           in txn 14  backoff 2
    ─ TPS, last 94 s ──────────────────────────────────────────────────────────────────────────────────  ─ p95 ms, last 94 s ───────────────────────────────────────────────────────────────────────────────
    2.5k                                                                                                   60
                                                                                                                                                                                          ▁
                                                             ▃▄█▆▇█▄▆▂ ▁                         ▂▃▄▃▅▆                                                                                   █
                                                             █████████▆█▅▂▂                   ▄▆▇██████                                                                                   █
                                                             ██████████████▆▇▂▄        ▂  ▅▇▇██████████                                                                                   █
                                                             ██████████████████▇▄▇▇▄▃ ▇█▇██████████████                                                                                   █
    1.3k                                                   ▁ ████████████████████████ █████████████████    30                                                                             █
                                                        ▄▅▆██████████████████████████ █████████████████                                                                                   █
                                                        █████████████████████████████ █████████████████                                                                                   █
                                                        ███████████████████████████████████████████████                                                                                   █
                                                        ███████████████████████████████████████████████                                                      ▇▅▆▄▅▆▅▄▅▄▅▅▆▄▅▅▄▅▅▅▄▅▄▄▅▄▆▆▄█▆▄▆▅▅▂▄▄▅▅▄▅▃▄▅▅▆
       0                                                ███████████████████████████████████████████████     0                                                ███████████████████████████████████████████████
    ─ Transactions, this phase ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
     NAME                MIX      TPS  p50 ms  p95 ms  p99 ms  max ms  RETRIES PER TXN ROLLED BACK  FAILED  TPS 60 s
     transfer            80%    1,373    3.29    11.5    24.2     206    1,461    0.03         210       0               ▄▄▄▄▄████████▇▇▇▇▇▇▆▆▆▆▆▅▅▅▅▅▂▆▆▆▆▆▆▆▆▇▇▇▇▇█▇██
     balance             20%      343    0.90    2.80    4.51    13.3        0       0           0       0               ▄▄▄▄▄████████▇▇▇▇▇▇▆▆▆▆▆▅▅▅▅▅▂▆▆▆▆▆▆▆▆▇▇▇▇▇█▇██
     └ transfer/lock              300    2.15    7.79    16.4    71.9                                       59% of time
     └ transfer/debit             300    0.50    1.58    2.55    7.80                                       12% of time
     └ transfer/credit            300    0.45    1.43    2.32    6.87                                       11% of time
     └ balance/look               292    0.70    2.25    3.75    11.0                                       17% of time
    ─ Latency ms, this phase ──────────────────────────────────────────────────────────────────────────  ─ Conflicts and errors ────────────────────────────────────────────────────────────────────────────
          <0.2 ██                                                                                 0.8%    CODE                                                                          /s   TOTAL
       0.2–0.5 ██████████████████████████                                                         9.6%    40001  serialization failure                                                30.9   1,440  retried
         0.5–1 ██████████████████████████████████████████████████████                              20%    40P01  deadlock                                                             3.88     180  retried
           1–2 █████████████████████████████████████████████████████████████████████               25%
           2–5 █████████████████████████████████████████████████████████████████████████████████   30%
          5–10 ██████████████████████████████                                                      11%
         10–20 ███████                                                                            2.7%
         20–50 ██                                                                                 0.6%
           >50 █                                                                                  0.1%


     Server 2 waiting for locks · WAL 3.2 MB/s · cache misses 0.03% · 1 checkpoint · 188 deadlocks
    ─ Checks ──────────────────────────────────────────────────────────────────────────────────────────  ─ Events ──────────────────────────────────────────────────────────────────────────────────────────
     ✓ p95 < 50ms                           12.4 ms    ✓ money is conserved                   1 s ago      0:28 ! a checkpoint began on the server
     ✓ failed < 0.1%                             0%    · no negative balance                  not yet      0:05 · phase steady begins
     ! retries_per_commit < 0.02              0.031    ✓ load generator                      41% busy      0:03 ! 40P01 deadlock detected · transfer
                                                                                                           0:01 ! 40001 could not serialize access due to concurrent update · transfer
                                                                                                           0:00 · phase warmup begins













     q stop  space freeze  tab view 1/4  t window 60s  ? help                                                                                                1 overview  2 transactions  3 errors  4 checks"
  `)
})

test('getting ready', () => {
  expect(textOf(linesOf(samplePreparation, 3, 80, 16))).toMatchInlineSnapshot(`
    " transfers                                                   PREPARING     0:03

    ─ Getting ready ────────────────────────────────────────────────────────────────
     ✓ start the server  PostgreSQL 18.4 on port 54123
     ✓ migrate bank      2 files
     · seed account      ━━━━━━━━━━━━━━━━━───────────────────────   43%
                         4,300 of 10,000 rows, 410,000/s, 1 s left







     q stop  space freeze  tab view 1/4  t window 60s  ? help              overview"
  `)
})

test('stopping says what it waits for; frozen says so', () => {
  const stopping: RunEvent[] = [...run, { kind: 'stopping', how: 'drain' }]
  expect(
    textOf(linesOf(stopping, 47, 80, 24))
      .split('\n')
      .slice(0, 2),
  ).toMatchInlineSnapshot(`
    [
      " transfers · pessimistic  PostgreSQL 18.4  localhost:54…  STOPPING  0:47 / 1:35",
      " stopping: finishing 14 transactions, q again stops now",
    ]
  `)
  expect(textOf(linesOf(run, 47, 80, 24, { frozen: true })).split('\n')[0]).toContain('FROZEN')
})

test('too small a terminal is asked to grow', () => {
  expect(textOf(linesOf(run, 47, 50, 10)).trim()).toMatchInlineSnapshot(`
    "oltp: 50x10 is too small to draw in. Please make
    this terminal 60x16 or larger."
  `)
})
