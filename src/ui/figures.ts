import { mergeSlices } from '../measure/histogram-slice.js'
import type { ViewModel } from './model.js'
import { numbers, phaseNumbers } from './numbers.js'
import { errorRows, sample, statementRows, transactionRows } from './rows.js'
import type { ViewState } from './state.js'
import { type Window, windowLabel, windowSeconds, windowSums } from './window.js'

export type Figures = Pick<
  ViewModel,
  'now' | 'phaseSoFar' | 'window' | 'charts' | 'transactions' | 'statements' | 'latency' | 'errors' | 'generator'
>

interface Remembered {
  readonly state: ViewState
  readonly window: Window
  readonly figures: Figures
}

let remembered: Remembered | null = null

/** All that follows from ticks. Remembered until the next one: four frames a second would merge the same histograms again. */
export function figuresOf(state: ViewState, window: Window): Figures {
  const known = remembered
  const same =
    known?.window === window && known.state.ticks === state.ticks && known.state.phase === state.phase && known.state.load === state.load
  if (known && same) return known.figures
  const figures = compute(state, window)
  remembered = { state, window, figures }
  return figures
}

function compute(state: ViewState, window: Window): Figures {
  const sums = windowSums(state, window)
  const last = state.ticks.at(-1)
  return {
    now: numbers(state),
    phaseSoFar: phaseNumbers(state),
    window: { name: window, label: windowLabel(window, sums.seconds, state), seconds: windowSeconds(window) },
    charts: {
      end_s: last?.t_s ?? 0,
      tps: state.points.map(point => sample(point, point.tps)),
      p95: state.points.map(point => sample(point, point.p95_us)),
    },
    transactions: transactionRows(state, sums),
    statements: statementRows(sums),
    latency: mergeSlices(sums.transactions.map(one => one.latency)),
    errors: errorRows(state, sums),
    generator: last?.generator ?? null,
  }
}
