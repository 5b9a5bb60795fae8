import { describe, expect, it } from 'vitest'
import type { Result } from '#oltp/measure/result.js'
import { steadyText } from '#oltp/report/steady.js'
import { summarise } from '#oltp/report/summary.js'
import { samplePhase, sampleResult } from '../../support/sample-result.js'

const drifting: Result['steady'] = {
  verdict: 'drifting',
  from_s: 0,
  drift_per_minute: 0.1234,
  drift_lower: 0.041,
  drift_upper: 0.188,
}
const late: Result['steady'] = { ...sampleResult().steady, from_s: 6.2 }

describe('the steady state in words', () => {
  it('is left out where there is nothing to do', () => {
    expect(steadyText(sampleResult())).toBeNull()
    expect(steadyText(sampleResult({ steady: { ...drifting, verdict: 'too short', from_s: null } }))).toBeNull()
    expect(summarise(sampleResult(), { colour: false, columns: 80, savedTo: null })).not.toMatch(/steady only|drifting|settled/)
  })

  it('says how fast latency drifts, and between which bounds', () => {
    expect(steadyText(sampleResult({ steady: drifting }))).toBe('latency was still drifting: +12 % per minute (4.1 to 19). Run longer (-d)')
    const falling = { ...drifting, drift_per_minute: -1.5, drift_lower: -2, drift_upper: -0.9 }
    expect(steadyText(sampleResult({ steady: falling }))).toContain('-150 % per minute (-200 to -90)')
  })

  it('asks for a warm-up as long as the start was, on top of the one there was', () => {
    expect(steadyText(sampleResult({ steady: late }))).toBe('latency was steady only from 6 s on: use --warmup 10s')
  })

  it('says that there is none', () => {
    const none = { ...drifting, verdict: 'no steady state' as const, from_s: null }
    expect(steadyText(sampleResult({ steady: none }))).toMatch(/never settled/)
  })

  it('does not ask for more of a load that was not kept up with', () => {
    expect(steadyText(sampleResult({ steady: drifting, validity: { status: 'UNSUSTAINED', checks: [] } }))).toBeNull()
    expect(steadyText(sampleResult({ steady: drifting, validity: { status: 'SUSPECT', checks: [] } }))).not.toBeNull()
  })

  it('is silent about a load that changes by design, and a run that broke', () => {
    const ramp = samplePhase({ clients: { from: 1, to: 16 } })
    expect(steadyText(sampleResult({ steady: drifting, phases: [ramp] }))).toBeNull()
    const faster = samplePhase({ rate_per_s: { from: 10, to: 100 } })
    expect(steadyText(sampleResult({ steady: drifting, phases: [faster] }))).toBeNull()
    const broken = { kind: 'promise', message: 'expected 1 row, found 0', transaction: 'transfer' } as const
    expect(steadyText(sampleResult({ steady: drifting, broken }))).toBeNull()
  })

  it('stands below the latency', () => {
    const text = summarise(sampleResult({ steady: drifting }), { colour: false, columns: 80, savedTo: null })
    expect(text).toMatch(/\nLatency .*\n {12}! latency was still drifting: /)
    expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThanOrEqual(80)
  })
})
