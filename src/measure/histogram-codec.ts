import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, JsHistogram } from 'hdr-histogram-js'
import { bucketCount, bucketOf, type Histogram, lowestEquivalent } from './histogram.js'
import type { ResultHistogram } from './result.js'

/** As HdrHistogram's V2 blob, which standard tools read, with the exact facts that the blob loses. */
export function encodeHistogram(histogram: Histogram): ResultHistogram {
  const standard = build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 4_294_967_295,
    numberOfSignificantValueDigits: 3,
  })
  if (histogram.count > 0) {
    const last = bucketOf(histogram.max_us)
    for (let bucket = bucketOf(histogram.min_us); bucket <= last; bucket++) {
      const count = histogram.counts[bucket] as number
      if (count > 0) standard.recordValueWithCount(lowestEquivalent(bucket), count)
    }
  }
  return {
    codec: 'HdrHistogram-V2-deflate-base64',
    unit: 'us',
    digits: 3,
    lowest: 1,
    highest: 4294967295,
    count: histogram.count,
    min: histogram.min_us,
    max: histogram.max_us,
    sum: histogram.sum_us,
    clamped: histogram.clamped,
    data: encodeIntoCompressedBase64(standard),
  }
}

/** The inverse: `mergeHistograms` of decoded blobs equals the histogram of all the values. */
export function decodeHistogram(encoded: ResultHistogram): Histogram {
  const standard = decodeFromCompressedBase64(encoded.data, 32, false)
  const counts = new Uint32Array(bucketCount)
  if (!(standard instanceof JsHistogram)) throw new TypeError('hdr-histogram-js decoded into an unknown kind of histogram')
  const recorded = standard.recordedValuesIterator
  recorded.reset()
  while (recorded.hasNext()) {
    const step = recorded.next()
    counts[bucketOf(step.valueIteratedTo)] = step.countAddedInThisIterationStep
  }
  return {
    counts,
    count: encoded.count,
    sum_us: encoded.sum,
    min_us: encoded.min,
    max_us: encoded.max,
    clamped: encoded.clamped,
    rejected: 0,
  }
}
