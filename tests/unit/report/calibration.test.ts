import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { displayWidth } from '#oltp/format.js'
import { type Calibration, limitOf } from '#oltp/measure/calibration.js'
import { describeCalibration } from '#oltp/report/calibration.js'
import { sampleResult } from '../../support/sample-result.js'

const { latency, scenario } = sampleResult()
const calibration: Calibration = {
  schema: 'oltp.calibration/1',
  tool: { name: 'oltp', version: '0.1.0' },
  scenario: { name: scenario.name, variant: 'naive', parameters: scenario.parameters },
  load: { clients: 8, threads: 1, protocol: 'prepared', pipeline: true },
  recorded_from: { engine: 'mysql', product: 'MariaDB', version: '11.8.6' },
  tps: 20_000,
  duration_s: 10,
  trusted_tps: 12_000,
  latency,
  totals: { committed: 200_000, rolled_back: 0, failed: 0, retries: 0 },
  generator: { cpu_us_per_transaction: 48.3, utilisation: 0.97 },
  stub: { cpu_us_per_transaction: 22.1, utilisation: 0.6 },
  interrupted: 'no',
  environment: { node: '20.20.2', platform: 'linux x64', cpu_model: 'a processor', logical_cores: 2 },
  notices: [],
}

const page = (more: Partial<Calibration> = {}, options = { colour: false, columns: 80 }) =>
  describeCalibration({ ...calibration, ...more }, options)

/** As one line, so that it does not matter where lines break. */
const said = (more: Partial<Calibration> = {}) => page(more).replaceAll(/\s+/g, ' ')

describe('the page of a calibration', () => {
  test('has the ceiling, what it costs and what to trust', () => {
    expect(said()).toMatch(/transfers · naive against a stub of MariaDB 11\.8\.6/)
    expect(said()).toMatch(/Ceiling 20,000 TPS 8 clients, 1 load thread, pipelined/)
    expect(said()).toMatch(/Generator 48\.3 µs of processor time per transaction, busy 97%/)
    expect(said()).toMatch(/Stub 22\.1 µs of processor time per transaction/)
    expect(said()).toMatch(/takes its share of the 2 processors\. Measurements above 12,000 TPS \(60% of it\)/)
  })

  test('keeps to the width, in colour and without', () => {
    for (const columns of [60, 80, 200]) {
      const coloured = page(
        { notices: ['left out: the rate: every client begins its next transaction at once'] },
        { colour: true, columns },
      )
      const lines = stripVTControlCharacters(coloured).split('\n')
      expect(lines.filter(line => displayWidth(line) > Math.min(80, columns))).toEqual([])
      expect(coloured).not.toBe(stripVTControlCharacters(coloured))
    }
    expect(page()).toBe(stripVTControlCharacters(page()))
  })

  test('says what is missing, left out or cut short', () => {
    expect(said({ generator: { cpu_us_per_transaction: null, utilisation: null } })).toMatch(
      /Generator – of processor time per transaction /,
    )
    expect(said({ notices: ['left out: sleeps'] })).toMatch(/Note left out: sleeps/)
    expect(said({ interrupted: 'drained' })).toMatch(/! PARTIAL stopped after 10 s of it/)
    expect(said({ latency: { ...latency, count: 0 } })).toMatch(/Service no commits/)
  })

  test("does not take the limit of the stub, or that of a lack of clients, for the generator's", () => {
    const generator = (utilisation: number | null) => ({ cpu_us_per_transaction: 30, utilisation })
    const stub = (utilisation: number) => ({ cpu_us_per_transaction: 30, utilisation })
    expect(said({ stub: stub(0.99), generator: generator(0.7) })).toMatch(/The stub itself was the limit/)
    expect(said({ stub: stub(0.99), generator: generator(0.96) })).toMatch(/the most that this generator can do/)
    expect(said({ stub: stub(0.5), generator: generator(0.5) })).toMatch(/Neither it nor the generator was busy/)
    expect(limitOf({ stub: stub(0.99), generator: generator(null) })).toBe('generator')
  })
})
