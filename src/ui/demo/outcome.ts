import type { DemoResult } from '../../demo/result.js'
import type { DemoOutcome } from '../../demo/verdict.js'
import type { Style } from '../theme.js'

interface OutcomeLook {
  readonly mark: string
  readonly style: Style
  /** What it says of what the demo is about. */
  readonly meaning: string
}

export const outcomeLooks: { readonly [outcome in DemoOutcome]: OutcomeLook } = {
  happens: { mark: '✗', style: 'bad', meaning: 'it goes wrong, and nobody is told' },
  error: { mark: '!', style: 'latencyStrong', meaning: 'the server refuses: whoever is told so begins again' },
  waits: { mark: '…', style: 'latencyStrong', meaning: 'it does not go wrong, because one waits for the other' },
  prevented: { mark: '✓', style: 'tpsStrong', meaning: 'it does not go wrong, and nobody waits' },
}

/** `happens`, `error 40001`; of several codes each once. */
export function outcomeWords({ outcome, codes }: Pick<DemoResult, 'outcome' | 'codes'>): string {
  const different = [...new Set(codes)]
  if (outcome === 'error') return `error ${different.join(' ')}`
  return different.length === 0 ? outcome : `${outcome}, ${different.join(' ')}`
}
