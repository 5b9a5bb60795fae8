import { describe, expect, it } from 'vitest'
import { parseThreshold, ThresholdError, thresholdMetrics } from '#oltp/scenario/threshold.js'

const transactions = ['transfer', 'look', 'p95']

describe('parseThreshold', () => {
  it.each([
    ['p95 < 20ms', null, 'p95', '<', 20_000, 'ms'],
    ['p99.9<=1.5s', null, 'p99.9', '<=', 1_500_000, 's'],
    [' transfer.p99.9 < 300us ', 'transfer', 'p99.9', '<', 300, 'us'],
    ['transfer.acquire.p95 < 1ms', 'transfer', 'acquire.p95', '<', 1000, 'ms'],
    ['lag.max < 2ms', null, 'lag.max', '<', 2000, 'ms'],
    ['p95.p95 < 2ms', 'p95', 'p95', '<', 2000, 'ms'],
    ['mean > 0ms', null, 'mean', '>', 0, 'ms'],
    ['tps >= 500', null, 'tps', '>=', 500, ''],
    ['look.tps >= 500/s', 'look', 'tps', '>=', 500, '/s'],
    ['failed < 0.1%', null, 'failed', '<', 0.001, '%'],
    ['failed == 0', null, 'failed', '==', 0, ''],
    ['rolled_back <= 100%', null, 'rolled_back', '<=', 1, '%'],
    ['retries_per_commit < 0.5', null, 'retries_per_commit', '<', 0.5, ''],
  ])('%s', (source, transaction, metric, op, value, unit) => {
    const threshold = parseThreshold(source, transactions)
    expect(threshold).toMatchObject({ source: source.trim(), transaction, metric, op, unit })
    expect(threshold.value).toBeCloseTo(value, 12)
  })

  it('knows every metric', () => {
    for (const metric of thresholdMetrics) {
      const value = ['failed', 'rolled_back'].includes(metric) ? '1%' : ['tps', 'retries_per_commit'].includes(metric) ? '1' : '1ms'
      expect(parseThreshold(`${metric} < ${value}`, []).metric).toBe(metric)
    }
  })

  it.each([
    ['p95', 'is missing', 'p95'],
    ['p95 < 20', 'with its unit', '20'],
    ['p95 < 20 %', 'with its unit', '20 %'],
    ['p95 < -1ms', 'with its unit', '-1ms'],
    ['p95 < ', 'with its unit', ''],
    ['p97 < 20ms', 'unknown metric `p97`', 'p97'],
    ['transfr.p95 < 20ms', 'no transaction `transfr`', 'transfr'],
    ['transfer.p97 < 20ms', 'unknown metric `p97`', 'p97'],
    ['failed < 101%', 'a percentage', '101%'],
    ['failed < 0.5', 'a percentage', '0.5'],
    ['tps > 5ms', 'per second', '5ms'],
    ['tps > 1e9', 'per second', '1e9'],
    ['retries_per_commit < 5%', 'plain number', '5%'],
    ['< 5ms', 'unknown metric', ' '],
  ])('refuses %j', (source, message, marked) => {
    try {
      parseThreshold(source, transactions)
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof ThresholdError)) throw error
      expect(error.message).toContain(message)
      expect(error.end).toBeGreaterThan(error.start)
      if (marked.trim() !== '') expect(source.slice(error.start, error.end)).toBe(marked)
    }
  })
})
