import { expect, test } from 'vitest'
import type { Result, ValidityCheck } from '#oltp/measure/result.js'
import { summarise } from '#oltp/report/summary.js'
import { sampleResult } from '../../support/sample-result.js'

const lagging = (lag_share: number | null, status: ValidityCheck['status'] = 'ok'): Partial<Result> => {
  const { generator, latency } = sampleResult()
  return {
    generator: { ...generator, lag_share },
    latency: { ...latency, kind: 'response', p95_us: 1000 },
    validity: {
      status: status === 'ok' ? 'VALID' : 'INVALID',
      checks: [{ id: 'generator_lag', status, value: lag_share, limit: 0.25, unit: '1', message: 'late' }],
    },
  }
}

const said = (more: Partial<Result>) =>
  /up to (.*) of the p95/.exec(summarise(sampleResult(more), { colour: false, columns: 80, savedTo: null }))?.[1]

test('the generator’s own lateness is named where it is part of a short p95, unless the run is INVALID for it', () => {
  expect(said(lagging(0.12))).toBe('120 µs')
  expect([said(lagging(0.05)), said(lagging(null)), said(lagging(0.4, 'fail'))]).toEqual([undefined, undefined, undefined])
})
