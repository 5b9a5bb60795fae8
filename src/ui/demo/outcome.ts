import type { DemoResult } from '../../demo/result.js'
import type { DemoOutcome } from '../../demo/verdict.js'
import { listed } from '../../format.js'
import type { Style } from '../theme.js'

interface OutcomeLook {
  readonly mark: string
  readonly style: Style
}

export const outcomeLooks: { readonly [outcome in DemoOutcome]: OutcomeLook } = {
  happens: { mark: '✗', style: 'bad' },
  error: { mark: '!', style: 'latencyStrong' },
  waits: { mark: '…', style: 'latencyStrong' },
  prevented: { mark: '✓', style: 'tpsStrong' },
}

/** What an outcome says of what the demo is about. */
export function meaningOf({ outcome, codes }: Pick<DemoResult, 'outcome' | 'codes'>): string {
  if (outcome === 'happens')
    return codes.length === 0 ? 'it goes wrong, and nobody is told' : `it goes wrong, in spite of ${listed([...new Set(codes)])}`
  if (outcome === 'error') return 'the server refuses: whoever is told so begins again'
  return outcome === 'waits' ? 'it does not go wrong, because one waits for the other' : 'it does not go wrong, and nobody waits'
}

/** `happens`, `error 40001`; of several codes each once. */
export function outcomeWords({ outcome, codes }: Pick<DemoResult, 'outcome' | 'codes'>): string {
  const different = [...new Set(codes)]
  if (outcome === 'error') return `error ${different.join(' ')}`
  return different.length === 0 ? outcome : `${outcome}, ${different.join(' ')}`
}
