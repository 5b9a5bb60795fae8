import { describe, expect, test } from 'vitest'
import type { AnomalyCheck } from '#oltp/measure/anomaly-check.js'
import { summarise } from '#oltp/report/summary.js'
import { sampleResult } from '../../support/sample-result.js'

const clean: AnomalyCheck = {
  name: 'lists',
  kind: 'list_append',
  held: true,
  transactions: 12_345,
  measured_s: 30,
  complete: true,
  exact: true,
  level: 'serializable',
  anomalies: [],
  counters: [],
}

const skewed: AnomalyCheck = {
  ...clean,
  level: 'snapshot isolation',
  anomalies: [
    {
      name: 'G2-item',
      meaning: 'write skew',
      count: 1204,
      measured: 1204,
      per_minute: 2408,
      breaks: false,
      sentences: [
        'T1203 read key 7 as [1]; T1195 appended 42, so T1203 came before T1195.',
        'T1203 before T1195 before T1203: a contradiction.',
      ],
      transactions: [],
    },
  ],
}

function summaryOf(...checks: AnomalyCheck[]): string {
  return summarise({ ...sampleResult(), checks }, { colour: false, columns: 80, savedTo: null })
}

describe('the summary says of a check', () => {
  test('that there was nothing', () => {
    expect(summaryOf(clean)).toMatch(/✓ lists +no anomaly in 12,345 transactions/)
    expect(summaryOf(clean)).not.toContain('Anomalies')
  })

  test('which anomalies there were, how many a minute, and the proof', () => {
    const summary = summaryOf(skewed)
    expect(summary).toMatch(/G2-item +1,204 +2,408\/min +write skew/)
    expect(summary).toContain('T1203 before T1195 before T1203: a contradiction.')
    expect(summary).toMatch(/! lists +G2-item 1,204 in 12,345 transactions;/)
    expect(summary).toContain('snapshot isolation at best')
    expect(summary).not.toContain('BROKEN')
    for (const line of summary.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('the proof of each kind, and what the rates are of', () => {
    const [one] = skewed.anomalies
    if (one === undefined) throw new Error('there is none')
    const other = { ...one, name: 'lost update', count: 7, measured: 3, per_minute: 6, sentences: ['T2 read key 1 as [], as T1 did.'] }
    const summary = summaryOf({ ...skewed, anomalies: [other, one] })
    expect(summary).toContain('counts are of the whole load, rates of the 30 s measured')
    expect(summary).toContain('lists (4 before or after what was measured)')
    expect(summary).toMatch(/lost update +7 +6\/min.*\n +T2 read key 1 as \[\], as T1 did\.\n +G2-item +1,204/)
    expect(summary).toContain('T1203 before T1195 before T1203: a contradiction.')
  })

  test('that no rate is known where nothing was measured', () => {
    const anomalies = skewed.anomalies.map(one => ({ ...one, measured: 0, per_minute: null }))
    const summary = summaryOf({ ...skewed, measured_s: 0, anomalies })
    expect(summary).toMatch(/G2-item +1,204 +– +write skew/)
    expect(summary).toContain('unknown: nothing was measured')
  })

  test('that it broke the run', () => {
    const anomalies = skewed.anomalies.map(one => ({ ...one, breaks: true }))
    const summary = summaryOf({ ...skewed, held: false, anomalies })
    expect(summary).toContain('✗ BROKEN lists: G2-item 1,204')
    expect(summary).toMatch(/✗ lists +G2-item 1,204/)
  })

  test('that there are more than could be counted or recorded', () => {
    const summary = summaryOf({ ...skewed, exact: false, complete: false })
    expect(summary).toContain('≥ 1,204')
    expect(summary).toMatch(/transactions, no more\s+could be recorded/)
  })
})
