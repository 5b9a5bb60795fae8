import fc from 'fast-check'
import { Int32Histogram } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import {
  bucketOf,
  type Histogram,
  HistogramRecorder,
  highestEquivalent,
  highestTrackable,
  mergeHistograms,
} from '#oltp/measure/histogram.js'
import { decodeHistogram, encodeHistogram } from '#oltp/measure/histogram-codec.js'
import { describeLatency } from '#oltp/measure/latency.js'
import type { ResultLatency } from '#oltp/measure/result.js'
import { createRandom } from '#oltp/scenario/random.js'
import { readHdrBlob } from '../../support/hdr-reader.js'

const million = 1_000_000
const quantiles = { p50_us: 0.5, p90_us: 0.9, p95_us: 0.95, p99_us: 0.99, p99_9_us: 0.999 } as const

/** A million latencies in microseconds, no whole numbers, in no order. */
const known: { readonly [name: string]: Float64Array } = {
  'log-normal around 3 ms': draw((_, gauss) => 3000 * Math.exp(1.2 * gauss())),
  'log-normal around 100 µs': draw((_, gauss) => 100 * Math.exp(0.8 * gauss())),
  'bimodal, 1 ms and 30 s': draw((uniform, gauss) => (uniform() < 0.97 ? 1000 : 30e6) * (1 + 0.05 * gauss())),
  'one outlier of 200 s': draw(uniform => 1500 * -Math.log(1 - uniform()), 200e6),
}

function draw(next: (uniform: () => number, gauss: () => number) => number, outlier?: number): Float64Array {
  const random = createRandom(1, 'latencies')
  const uniform = () => random.next()
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  const values = Float64Array.from({ length: million }, () => Math.max(0, next(uniform, gauss)))
  if (outlier !== undefined) values[271_828] = outlier
  return values
}

/** The same figures, from the latencies themselves. */
function truthOf(latencies: Float64Array) {
  const sorted = latencies.toSorted()
  const at = (q: number) => sorted[Math.ceil(q * sorted.length - 1e-6) - 1] as number
  const mean = latencies.reduce((sum, one) => sum + one, 0) / latencies.length
  const squares = latencies.reduce((sum, one) => sum + (one - mean) ** 2, 0)
  return {
    sorted,
    mean,
    deviation: Math.sqrt(squares / latencies.length),
    rootMeanSquare: Math.sqrt(squares / latencies.length + mean ** 2),
    quantiles: Object.fromEntries(Object.entries(quantiles).map(([name, q]) => [name, at(q)])),
    min: sorted[0] as number,
    max: sorted.at(-1) as number,
  }
}

/** As the engine does it: whole microseconds, eight threads, each written and read again, then merged. */
function replay(latencies: Float64Array, record: (recorder: HistogramRecorder, us: number, index: number) => void = recordRounded) {
  const shards = Array.from({ length: 8 }, () => new HistogramRecorder())
  for (const [index, us] of latencies.entries()) record(shards[index % 8] as HistogramRecorder, us, index)
  return mergeHistograms(shards.map(shard => decodeHistogram(encodeHistogram(shard.view()))))
}

function recordRounded(recorder: HistogramRecorder, us: number): void {
  recorder.record(Math.round(us))
}

/** Everything that is further off than 0.1 %, or half a microsecond below 2 ms. */
function mistakes(found: ResultLatency, truth: ReturnType<typeof truthOf>): string[] {
  const figures = { ...truth.quantiles, mean_us: truth.mean, max_us: truth.max, min_us: truth.min }
  return Object.entries(figures).flatMap(([name, right]) => {
    const value = Number(found[name as keyof ResultLatency])
    const limit = Math.max(0.5, right < 2048 ? 0 : right * 0.001)
    return Math.abs(value - right) <= limit ? [] : [`${name} is ${value}, not ${right}`]
  })
}

const bytes = ({ counts }: Histogram) => Buffer.from(counts.buffer, counts.byteOffset, counts.byteLength)
const same = (a: Histogram, b: Histogram) => bytes(a).equals(bytes(b)) && a.count === b.count && a.sum_us === b.sum_us

describe.each(Object.entries(known))('a million known latencies, %s', (_, latencies) => {
  const truth = truthOf(latencies)
  const merged = replay(latencies)
  const described = describeLatency('response', merged)

  it('come out right to 0.1 %, or half a microsecond', () => {
    expect(mistakes(described, truth)).toEqual([])
    expect(described).toMatchObject({ count: million, max_us: Math.round(truth.max), min_us: Math.round(truth.min) })
    expect(merged).toMatchObject({ clamped: 0, rejected: 0 })
  })

  it('have a deviation that is off by 0.05 % of their root mean square at most, and a microsecond of rounding', () => {
    expect(Math.abs(Number(described.stddev_us) - truth.deviation)).toBeLessThan(truth.rootMeanSquare * 0.0005 + 0.5)
  })

  it('are the same in eight shards as in one, bucket by bucket', () => {
    const whole = new HistogramRecorder()
    for (const us of latencies) recordRounded(whole, us)
    expect(same(merged, whole.view())).toBe(true)
    expect(merged.min_us).toBe(whole.view().min_us)
    expect(merged.max_us).toBe(whole.view().max_us)
  })

  it('are what HdrHistogram makes of them', () => {
    const oracle = new Int32Histogram(1, highestTrackable, 3)
    // Whole numbers within the range: it silently spoils its figures otherwise.
    for (const us of latencies) oracle.recordValue(Math.round(us))
    for (const [name, q] of Object.entries(quantiles)) {
      expect(described[name as keyof typeof quantiles]).toBe(Math.min(oracle.getValueAtPercentile(q * 100), oracle.maxValue))
    }
    expect(described.max_us).toBe(oracle.maxValue)
  })

  it('are written so that a reader made from the description of the format alone finds every bucket', () => {
    const { counts, ...head } = readHdrBlob(encodeHistogram(merged).data)
    expect(head).toEqual({ digits: 3, lowest: 1, highest: highestTrackable })
    const ours = new Map([...merged.counts.entries()].filter(([, count]) => count > 0))
    expect(counts).toEqual(ours)
  })
})

describe('what is wrong', () => {
  const latencies = known['log-normal around 100 µs'] as Float64Array
  const slow = known['log-normal around 3 ms'] as Float64Array

  it('is noticed when percentiles of threads are averaged instead of merged', () => {
    // A thread in twenty that is slower: what a machine with a busy core does.
    const threads = Array.from({ length: 20 }, (_, thread) =>
      (thread === 0 ? slow : latencies).subarray(thread * 50_000, thread * 50_000 + 50_000),
    )
    const all = Float64Array.from(threads.flatMap(values => [...values]))
    const views = threads.map(values => {
      const recorder = new HistogramRecorder()
      for (const us of values) recordRounded(recorder, us)
      return recorder.view()
    })
    const truth = truthOf(all)
    expect(mistakes(describeLatency('service', mergeHistograms(views)), truth)).toEqual([])
    const each = views.map(view => describeLatency('service', view))
    const mean = (name: 'p95_us' | 'p99_us') => each.reduce((sum, one) => sum + Number(one[name]), 0) / each.length
    const averaged = { ...describeLatency('service', mergeHistograms(views)), p95_us: mean('p95_us'), p99_us: mean('p99_us') }
    expect(mistakes(averaged, truth)).toHaveLength(2)
  })

  it('is noticed when times are cut to whole microseconds instead of rounded', () => {
    const cut = replay(latencies, (recorder, us) => recorder.record(Math.floor(us)))
    expect(mistakes(describeLatency('service', cut), truthOf(latencies))).not.toEqual([])
  })

  it('is noticed when buckets are eight times as wide', () => {
    const wide = replay(slow, (recorder, us) => recorder.record(highestEquivalent(bucketOf(Math.round(us)) | 7)))
    expect(mistakes(describeLatency('service', wide), truthOf(slow))).not.toEqual([])
  })

  it('is noticed when a value in a thousand is counted twice, or not at all', () => {
    const right = replay(latencies)
    const doubled = replay(latencies, (recorder, us, index) => {
      recordRounded(recorder, us)
      if (index % 1000 === 0) recordRounded(recorder, us)
    })
    const lost = replay(latencies, (recorder, us, index) => (index % 1000 === 0 ? undefined : recordRounded(recorder, us)))
    expect(same(replay(latencies), right)).toBe(true)
    expect(same(doubled, right)).toBe(false)
    expect(same(lost, right)).toBe(false)
  })

  it('is noticed when a single bucket of a blob was doubled', () => {
    const right = replay(latencies)
    const counts = Uint32Array.from(right.counts)
    const bucket = bucketOf(100)
    counts[bucket] = (counts[bucket] as number) * 2
    expect(same({ ...right, counts }, right)).toBe(false)
    expect(same(decodeHistogram(encodeHistogram({ ...right, counts })), right)).toBe(false)
  })
})

describe('a deviation', () => {
  it('is nothing where all values are alike, although their bucket is wide', () => {
    const recorder = new HistogramRecorder()
    for (let index = 0; index < 1000; index++) recorder.record(1_000_191)
    expect(highestEquivalent(bucketOf(1_000_191))).toBeGreaterThan(1_000_191)
    expect(describeLatency('service', recorder.view()).stddev_us).toBe(0)
  })
})

describe('percentiles', () => {
  it('are never above the maximum, below the minimum, or out of order, however the values are spread over threads', () => {
    const value = fc
      .tuple(fc.integer({ min: 0, max: 32 }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([magnitude, fraction]) => Math.min(highestTrackable, 2 ** magnitude * (1 + fraction) - 1))
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), values => {
        const { min_us, p50_us, p90_us, p95_us, p99_us, p99_9_us, max_us, mean_us, stddev_us } = describeLatency(
          'service',
          replay(Float64Array.from(values)),
        )
        const ascending = [min_us, p50_us, p90_us, p95_us, p99_us, p99_9_us, max_us].map(Number)
        expect(ascending).toEqual(ascending.toSorted((a, b) => a - b))
        expect(max_us).toBe(Math.round(Math.max(...values)))
        expect(min_us).toBe(Math.round(Math.min(...values)))
        expect(Number(mean_us)).toBeGreaterThanOrEqual(Number(min_us))
        expect(Number(mean_us)).toBeLessThanOrEqual(Number(max_us))
        expect(Number(stddev_us)).toBeLessThanOrEqual((Number(max_us) - Number(min_us)) * 1.001 + 1)
      }),
      { numRuns: 60 },
    )
  })
})
