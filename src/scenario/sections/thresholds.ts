import type { Reader, YamlNode } from '../diagnostics.js'
import { describe } from '../reader.js'
import { parseThreshold, type Threshold, ThresholdError } from '../threshold.js'

/** `thresholds:`, each a text. */
export function readThresholds(node: YamlNode, transactions: readonly string[], reader: Reader): readonly Threshold[] {
  return reader.list(node, '`thresholds`').flatMap(item => {
    if (item.kind !== 'scalar') {
      reader.problem(item, `a threshold must be a text, found ${describe(item)}`, { hint: 'as in `- p95 < 20ms`' })
      return []
    }
    try {
      return [parseThreshold(item.source, transactions)]
    } catch (error) {
      if (!(error instanceof ThresholdError)) throw error
      reader.problem({ node: item, from: error.start, to: error.end }, error.message, { hint: error.hint })
      return []
    }
  })
}
