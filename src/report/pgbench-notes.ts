import { formatSeconds, printable } from '../format.js'
import type { Result, ResultPhase } from '../measure/result.js'
import { anomaliesText } from './anomalies.js'
import { failuresOf } from './failures.js'

/** What a reader of a report in pgbench's terms has to know: first what is wrong with the run, then where it is no run of pgbench. */
export function pgbenchNotes(result: Result, phase: ResultPhase | undefined): string[] {
  return [...troubles(result), ...phaseNotes(result, phase), ...countNotes(result), ...retryNotes(result), ...loadNotes(result)]
}

function troubles({ broken, invariants, checks, interrupted, thresholds, validity }: Result): string[] {
  // A run that a broken promise stopped has no measurement to judge.
  const judged =
    broken === null
      ? [
          ...thresholds.filter(({ passed }) => !passed).map(({ expression }) => `FAILED ${printable(expression)}`),
          ...validity.checks.filter(({ status }) => status !== 'ok').map(({ message }) => `${validity.status}: ${printable(message)}`),
        ]
      : [`BROKEN in ${printable(broken.transaction)}: ${printable(broken.message)}`]
  return [
    ...invariants
      .filter(({ held }) => !held)
      .map(({ name, expected, found }) => `BROKEN ${printable(name)}: expected ${printable(expected)}, found ${printable(found)}`),
    ...checks
      .filter(({ held }) => !held)
      .map(({ name, anomalies }) => `BROKEN ${printable(name)}: ${anomaliesText(anomalies.filter(({ breaks }) => breaks))}`),
    ...(interrupted === 'no' ? [] : ['PARTIAL: the run was stopped before its end']),
    ...judged,
  ]
}

function phaseNotes({ phases }: Result, phase: ResultPhase | undefined): string[] {
  const before = phases.filter(({ measured }) => !measured).reduce((sum, { duration_s }) => sum + duration_s, 0)
  const measured = phases.filter(one => one.measured)
  return [
    ...(before > 0 ? [`the warm-up of ${formatSeconds(before)} before is not counted; pgbench has none`] : []),
    ...(measured.length > 1 && phase ? [`of ${measured.length} measured phases this is the last, ${printable(phase.name)}`] : []),
  ]
}

function countNotes({ totals, tps, time, load }: Result): string[] {
  const inside = Math.round(tps * time.measured_s)
  return [
    ...(inside === totals.committed
      ? []
      : [
          `processed are the ${totals.committed} that started while it was measured; tps is of the ${inside} that were acknowledged meanwhile`,
        ]),
    ...some(totals.rolled_back, n => `${n} rolled back as the scenario asks, and are left out; pgbench would count them as processed`),
    ...some(totals.shed, n => `${n} arrivals were dropped because too many waited already; pgbench would have them wait`),
    ...some(totals.cancelled, n => `${n} were cut off unfinished, and are left out`),
    ...(load.model === 'open' ? ['the maximum of the schedule lag is an upper bound'] : []),
  ]
}

function retryNotes({ totals, load }: Result): string[] {
  const { outcomes, failed, retries } = totals
  const unlikePgbench = outcomes.lock_timeout + outcomes.conflict + outcomes.connection
  const tries = new Set(Object.values(load.max_tries))
  return [
    ...(failed > 0 && failuresOf(totals) === null
      ? ['failed transactions are not told apart by cause: several were retried, and attempts are counted']
      : []),
    ...(retries > 0 ? ['a retry waits for its back-off, which is in the latency; pgbench retries at once'] : []),
    ...(retries > 0 && unlikePgbench > 0
      ? ['lock timeouts, lost connections and conflicts that the scenario sees are retried, too; pgbench gives the client up']
      : []),
    ...(tries.size > 1 ? ['the number of tries differs by transaction; given is the largest, if all have one'] : []),
  ]
}

function loadNotes({ load }: Result): string[] {
  return load.pipeline ? ['BEGIN and COMMIT travelled with the statements next to them (--pipeline)'] : []
}

function some(count: number, text: (count: number) => string): string[] {
  return count > 0 ? [text(count)] : []
}
