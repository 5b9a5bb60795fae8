import { z } from 'zod'
import { anomalyCheckSchema } from './anomaly-check.js'
import { outcomes } from './outcome.js'

/**
 * The one document that a run leaves behind, `oltp.result/1`: every report and every gate reads this and nothing else.
 * Units are in the names. Types and the published JSON Schema come from the zod schema below.
 */

const count = z.int().min(0)
const microseconds = z.int().min(0)
const text = z.string()
const share = z.number().min(0).max(1)

const histogram = z
  .strictObject({
    codec: z.literal('HdrHistogram-V2-deflate-base64'),
    unit: z.literal('us'),
    digits: z.literal(3),
    lowest: z.literal(1),
    highest: z.literal(4294967295),
    count,
    min: microseconds,
    max: microseconds,
    sum: z.number().min(0),
    clamped: count.describe('Values beyond the range, counted in the top bucket'),
    data: z.string(),
  })
  .describe('Mergeable: standard HdrHistogram tools decode `data`; min, max and sum are exact')

const latency = z
  .strictObject({
    kind: z
      .enum(['service', 'response'])
      .describe('`response` runs from the intended start (open loop), `service` from the first byte sent (closed loop)'),
    count,
    mean_us: z.number().min(0).nullable(),
    stddev_us: z.number().min(0).nullable(),
    min_us: microseconds.nullable(),
    p50_us: microseconds.nullable(),
    p90_us: microseconds.nullable(),
    p95_us: microseconds.nullable(),
    p99_us: microseconds.nullable(),
    p99_9_us: microseconds.nullable(),
    max_us: microseconds.nullable(),
  })
  .describe(
    'Committed transactions, retries and back-off included. A quantile is the highest value of its bucket, capped by the exact maximum; null without data',
  )

const totals = z.strictObject({
  offered: count.describe('Transactions that were due: arrivals in an open loop, starts in a closed one'),
  started: count,
  committed: count,
  rolled_back: count.describe('Asked for by the scenario'),
  failed: count.describe('Gave up or not retryable'),
  ambiguous: count.describe('Of the failed: the connection was lost after COMMIT was sent'),
  cancelled: count.describe('Cut off by an abrupt stop; neither committed nor failed'),
  shed: count.describe('Open loop: arrivals that were never served: the backlog was full, or did not empty within the time to drain'),
  skipped: count.describe('Open loop with a latency limit: arrivals that were late already and never sent'),
  late: count.describe('Commits slower than the latency limit'),
  attempts: count,
  retries: count,
  retried: count.describe('Transactions that took more than one attempt'),
  outcomes: z
    .strictObject(Object.fromEntries(outcomes.map(name => [name, count])) as Record<(typeof outcomes)[number], typeof count>)
    .describe('Attempts by how they ended'),
  errors: z.record(text, count).describe('Attempts by SQLSTATE or error number'),
})

const wasted = z
  .strictObject({
    attempts_per_commit: z.number().nullable(),
    failed_attempts_us: z.number().min(0).describe('Time spent in attempts that neither committed nor rolled back as the scenario asked'),
    backoff_us: z.number().min(0),
    share_of_time: z.number().min(0).max(1).nullable().describe('Of the time that clients spent on transactions'),
    first_try: latency,
    retried: latency,
  })
  .describe('What retries cost')

const transaction = z.strictObject({
  name: text,
  weight: z.number(),
  tps: z.number(),
  latency,
  totals,
  wasted,
  histograms: z.record(text, histogram).describe('response, service, queue, lag, time_to_failure: those that hold anything'),
})

const statement = z.strictObject({
  name: text,
  sql: text,
  executions: count,
  latency,
  histogram,
  server: z
    .strictObject({ calls: count, mean_us: z.number().min(0) })
    .nullable()
    .describe(
      "The server's own count and mean time over the whole load, its unmeasured phases included, where it keeps statistics by statement; statements of one text share theirs",
    ),
})

const generator = z
  .strictObject({
    cpu_us_per_transaction: z.number().min(0).nullable().describe('Processor time of our whole process, by transactions that ended'),
    utilisation: share.nullable().describe('Of the busiest load thread: median over the seconds of the phase'),
    gc_share: share.nullable().describe('Of the time: pauses of the load threads for garbage collection, the worst thread'),
    gc_max_ms: z.number().min(0).nullable(),
    lag_share: share.nullable().describe('Open loop: how much of the p95 that is reported is our own lateness'),
    run_queue_share: share.nullable().describe('Of the time: the worst load thread was ready to run and waited for a processor'),
    steal_share: share.nullable().describe('Processor time that the host gave to other guests'),
    throttled_share: share.nullable().describe('Scheduling periods in which the cgroup had used up its processor time'),
    pressure_share: share.nullable().describe('Of the time: some task of the machine waited for a processor'),
  })
  .describe('The load generator over the headline phase; null where the platform does not say')

const steady = z
  .strictObject({
    verdict: z.enum(['steady', 'drifting', 'no steady state', 'too short']),
    from_s: z.number().nullable().describe('MSER-5: where its start ends, in seconds since it began; 0: it was all alike'),
    drift_per_minute: z
      .number()
      .nullable()
      .describe(
        'Theil-Sen slope of the mean latency from there on, as a share of it per minute; of the whole phase where there is no steady state',
      ),
    drift_lower: z.number().nullable().describe('Ends of its two-sided 95 % interval'),
    drift_upper: z.number().nullable(),
  })
  .describe('Whether the headline phase was in a steady state. Nothing is cut away: every figure is of the whole phase')

const server = z
  .strictObject({
    missing: text.nullable().describe('Why there is nothing, or what there is not and what would show it; null: all is there'),
    columns: z.array(text).describe('t_s and what this server tells'),
    rows: z
      .array(z.array(z.number().nullable()))
      .describe('Once a second from a session of our own: what was added since the row before, and gauges as they are'),
    totals: z.record(text, z.number()).describe('What was added over the whole load, its unmeasured phases included'),
  })
  .describe('What the server said of itself while the load ran')

const phase = z.strictObject({
  name: text,
  measured: z.boolean(),
  clients: z.strictObject({ from: count, to: count }),
  rate_per_s: z.strictObject({ from: z.number(), to: z.number() }).nullable(),
  start_s: z.number(),
  duration_s: z.number().describe('The window that tps is divided by'),
  complete: z.boolean(),
  tps: z.number().describe('Commits acknowledged inside the window, per second'),
  latency,
  totals,
  wasted,
  queue: latency.describe('Waiting for a client and its connection'),
  lag: latency.describe("The generator's own lateness"),
  transactions: z.array(transaction),
  statements: z.array(statement),
})

const check = z.strictObject({
  id: text,
  status: z.enum(['ok', 'warn', 'fail']),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  unit: text,
  message: text.describe('What was seen and what to do; empty where all is well'),
})

export const resultSchema = z.strictObject({
  $schema: text.optional(),
  schema: z.literal('oltp.result/1'),
  id: text,
  tool: z.strictObject({ name: z.literal('oltp'), version: text, argv: z.array(text) }),
  time: z.strictObject({ start: text, end: text, epoch_ms: z.number(), measured_s: z.number() }),
  interrupted: z.enum(['no', 'drained', 'stopped']).describe('Whether the run was stopped from outside: a partial result'),
  broken: z
    .strictObject({ kind: z.enum(['promise', 'statement', 'client lost']), message: text, transaction: text })
    .nullable()
    .describe('A step whose `expect` failed, a statement that cannot run, or a client that could not reconnect: the run was stopped by it'),
  labels: z.record(text, text),
  scenario: z.strictObject({
    name: text,
    title: text,
    variant: text.nullable(),
    seed: z.int(),
    parameters: z.record(text, z.union([z.number(), text, z.boolean()])),
    file: text,
    sha256: text,
    text,
  }),
  load: z.strictObject({
    model: z.enum(['closed', 'open']),
    arrivals: z.enum(['constant', 'poisson']).nullable(),
    clients: count,
    threads: count,
    rate_per_s: z.number().nullable(),
    latency_limit_us: microseconds.nullable(),
    protocol: z.enum(['prepared', 'extended']),
    pipeline: z.boolean().describe('BEGIN and COMMIT travelled with the statements next to them'),
    connect_ms: z.number().min(0).describe('To open all connections of the load; of several load threads, the slowest'),
    transactions_per_client: count.nullable().describe('What the headline phase was bounded by; null: by its duration'),
    max_tries: z
      .record(text, count.nullable())
      .describe('Attempts that a transaction has, the first included, of those that ran; null: no limit'),
    isolation: z.record(text, text).describe('Level by transaction, of those that ran; `default`: whatever the server has'),
  }),
  target: z.strictObject({
    engine: z.enum(['postgres', 'mysql']),
    product: text,
    version: text,
    server_id: text,
    address: text,
    database: text.nullable(),
    namespace: text,
    tls: text,
    throwaway: z.boolean().describe('A local server that the tool started for this run'),
    settings: z.record(text, text),
  }),
  validity: z.strictObject({ status: z.enum(['VALID', 'SUSPECT', 'INVALID', 'UNSUSTAINED']), checks: z.array(check) }),
  generator,
  steady,
  server,
  tps: z.number().describe('Of the last measured phase, like latency, totals and transactions below'),
  latency,
  totals,
  wasted,
  transactions: z.array(transaction),
  statements: z.array(statement),
  phases: z.array(phase),
  series: z.strictObject({
    period_s: z.literal(1),
    assigned_by: z.literal('end').describe('A transaction belongs to the second in which it ended'),
    columns: z.array(text),
    rows: z.array(z.array(z.number().nullable())),
    events: z.array(z.strictObject({ t_s: z.number().nullable(), level: text, text })),
  }),
  invariants: z.array(
    z.strictObject({
      name: text,
      held: z.boolean(),
      checks: count,
      expected: text,
      found: text,
      when: text.describe('before, during or after: where it was found broken, else the last check'),
      at_s: z.number().nullable(),
    }),
  ),
  checks: z.array(anomalyCheckSchema).describe('Which anomalies the transactions of the load showed'),
  thresholds: z.array(z.strictObject({ expression: text, passed: z.boolean(), value: z.number().nullable(), unit: text })),
  tallies: z.record(text, text).describe('Sums over acknowledged commits, exact'),
  environment: z.strictObject({
    node: text,
    platform: text,
    cpu_model: text,
    logical_cores: count,
    memory_bytes: count,
    same_host_as_server: z.boolean(),
    ci: z.boolean(),
    kernel: text,
    virtualisation: text.nullable().describe('The hypervisor or container that we run in, as far as the platform says'),
    cpu_limit: z.number().nullable().describe('Cores that a cgroup lets us use; null: no limit'),
    governor: text.nullable().describe('How the processor chooses its frequency'),
    clock_source: text.nullable(),
    load_average: z.number().nullable().describe('Over the minute before the run: what went on here without us'),
    drivers: z.record(text, text).describe('Version of each driver package'),
  }),
})

export type Result = z.infer<typeof resultSchema>
export type ResultPhase = z.infer<typeof phase>
export type ResultTransaction = z.infer<typeof transaction>
export type ResultStatement = z.infer<typeof statement>
export type ResultTotals = z.infer<typeof totals>
export type ResultLatency = z.infer<typeof latency>
export type ResultGenerator = z.infer<typeof generator>
export type ResultSteady = z.infer<typeof steady>
export type ResultServer = z.infer<typeof server>
export type ResultHistogram = z.infer<typeof histogram>
export type ResultWasted = z.infer<typeof wasted>
export type ValidityCheck = z.infer<typeof check>
