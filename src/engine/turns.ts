import type { Phase } from '../scenario/model.js'
import type { Mix } from './mix.js'
import { clientWindow } from './phases.js'

/** One client's part in one phase: looked up once, asked after every transaction. */
export interface Turn {
  /** `[from, to)` in microseconds since the phase began. */
  readonly from: number
  readonly to: number
  readonly mix: Mix
  /** Takes what arrives, rather than going on by itself. */
  readonly open: boolean
  /** How many transactions it runs by itself. */
  readonly transactions: number
}

/** By phase; null where the client has nothing to do. @param mixes by phase and client, see mix.ts */
export function turnsOf(phases: readonly Phase[], client: number, mixes: readonly (readonly (Mix | null)[])[]): readonly (Turn | null)[] {
  return phases.map((phase, index) => {
    const window = clientWindow(phase, client)
    const mix = mixes[index]?.[client] ?? null
    if (window === null || mix === null) return null
    return { ...window, mix, open: phase.rate !== null, transactions: phase.transactions ?? Number.POSITIVE_INFINITY }
  })
}
