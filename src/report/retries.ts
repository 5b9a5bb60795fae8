import { formatCount, formatMs, formatPercent, formatSeconds, wrapText } from '../format.js'
import { type Outcome, outcomeNames } from '../measure/outcome.js'
import type { ResultTotals } from '../measure/result.js'
import { labelled, labelWidth, type Page, type Section } from './page.js'

/** Why transactions were tried again or failed, and what that cost. Nothing where every first attempt went through. */
export function retrySection(page: Page): Section {
  const { totals, wasted } = page.result
  const fits = (text: string) => wrapText(text, page.width - labelWidth)
  const attempts = attemptsByCause(totals)
  if (totals.retries === 0 && totals.failed === 0 && attempts === '') return []
  return [
    ...labelled(page, 'Retries', totals.retries === 0 ? [] : fits(retriesText(totals)).map(page.paint.retries)),
    ...labelled(page, 'Failed', totals.failed === 0 ? [] : fits(failedText(totals)).map(page.paint.bad)),
    ...labelled(page, 'Causes', fits(attempts)),
    ...labelled(page, 'Codes', fits(codes(totals))),
    ...labelled(page, 'Wasted', totals.retries === 0 ? [] : [...fits(wastedText(wasted)), ...firstAgainstRetried(page)]),
  ]
}

function retriesText({ retries, retried, committed, rolled_back, failed }: ResultTotals): string {
  const all = committed + rolled_back + failed
  const share = all === 0 ? '' : ` (${formatPercent(retried / all)})`
  return `${formatCount(retries)} in ${formatCount(retried)} of ${formatCount(all)} ${all === 1 ? 'transaction' : 'transactions'}${share}`
}

function failedText({ failed, ambiguous, committed, rolled_back, outcomes }: ResultTotals): string {
  const share = formatPercent(failed / Math.max(1, committed + rolled_back + failed))
  const doubt = ambiguous > 0 ? `; ${formatCount(ambiguous)} of them in doubt: the connection was lost after COMMIT was sent` : ''
  // What is never retried fails its transaction; the others gave up trying.
  const exhausted = failed - (outcomes.constraint + outcomes.statement_timeout + outcomes.other + outcomes.ambiguous)
  const gaveUp = exhausted > 0 ? `; ${exhausted === failed ? 'all' : formatCount(exhausted)} after as many tries as they have` : ''
  return `${formatCount(failed)} ${failed === 1 ? 'transaction' : 'transactions'} (${share})${gaveUp}${doubt}`
}

function attemptsByCause({ outcomes }: ResultTotals): string {
  return (Object.entries(outcomes) as [Outcome, number][])
    .filter(([outcome, count]) => count > 0 && outcome !== 'committed' && outcome !== 'rolled_back')
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, count]) => `${outcomeNames[outcome]} ${formatCount(count)}`)
    .join(' · ')
}

function codes({ errors }: ResultTotals): string {
  return Object.entries(errors)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `${code} ${formatCount(count)}`)
    .join(' · ')
}

function wastedText({ attempts_per_commit, share_of_time, failed_attempts_us, backoff_us }: Page['result']['wasted']): string {
  return [
    attempts_per_commit === null ? '' : `${attempts_per_commit.toFixed(attempts_per_commit < 1.1 ? 3 : 2)} attempts per commit`,
    share_of_time === null ? '' : `${formatPercent(share_of_time)} of the clients' time`,
    `${formatSeconds(failed_attempts_us / 1e6)} in failed attempts`,
    `${formatSeconds(backoff_us / 1e6)} backing off`,
  ]
    .filter(text => text !== '')
    .join(', ')
}

function firstAgainstRetried({ result: { wasted } }: Page): Section {
  const { first_try, retried } = wasted
  if (first_try.count === 0 || retried.count === 0) return []
  const pair = (of: typeof first_try) => `p50 ${formatMs(of.p50_us)} p95 ${formatMs(of.p95_us)} ms`
  return [`first try ${pair(first_try)}, retried ${pair(retried)}`]
}
