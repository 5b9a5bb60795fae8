import type { RunEvent } from '#oltp/run/events.js'
import { type Controls, initialControls } from '#oltp/ui/keys.js'
import type { Line } from '#oltp/ui/line.js'
import { initialState, reduce, type ViewState } from '#oltp/ui/state.js'
import { viewModel } from '#oltp/ui/view-model.js'
import { drawScreen } from '#oltp/ui/views.js'
import { startedAt } from './sample-run.js'

/** The screen after these events, `seconds` after the load began. */
export function linesOf(
  events: readonly RunEvent[],
  seconds: number,
  columns: number,
  rows: number,
  controls: Partial<Controls> = {},
): Line[] {
  const state = stateAfter(events)
  const chosen = { ...initialControls, ...controls }
  const model = viewModel(state, { now: startedAt + seconds * 1000, openedAt: startedAt, window: chosen.window, title: 'transfers' })
  return drawScreen(model, chosen, true, columns, rows)
}

/** As text, trailing spaces cut. */
export function textOf(lines: readonly Line[]): string {
  return lines
    .map(line =>
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n')
}

const states = new WeakMap<readonly RunEvent[], ViewState>()

/** Remembered: a test draws the same moment at many sizes. */
function stateAfter(events: readonly RunEvent[]): ViewState {
  const state = states.get(events) ?? events.reduce(reduce, initialState)
  states.set(events, state)
  return state
}
