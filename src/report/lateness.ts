import { formatLatency } from '../format.js'
import { labelled, type Page, type Section } from './page.js'

/** Below this share it is not worth a line. */
const mattering = 0.05

/** How much of the p95 may be our own doing, where that is a good part of it but too short a time to condemn the run for. */
export function latenessLines(page: Page): Section {
  const { generator, latency, validity } = page.result
  const condemned = validity.checks.some(({ id, status }) => (id === 'generator_lag' || id === 'host_contended') && status !== 'ok')
  if (generator.lag_share === null || latency.p95_us === null || generator.lag_share <= mattering || condemned) return []
  const own = formatLatency(generator.lag_share * latency.p95_us)
  return labelled(page, '', [page.paint.dim(`up to ${own} of the p95 may be the generator's own lateness`)])
}
