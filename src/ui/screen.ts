import type { RunListener } from '../run/events.js'
import { initialControls, press } from './keys.js'
import type { Line } from './line.js'
import { initialState, reduce, type ViewState } from './state.js'
import { type Canvas, mount } from './terminal.js'
import { viewModel } from './view-model.js'
import { drawScreen } from './views.js'

export interface ScreenOptions extends Canvas {
  /** The first request drains, the second stops at once. */
  readonly onStop: (how: 'drain' | 'now') => void
  /** What to call the run until its load begins. */
  readonly title?: string
}

export interface Screen {
  readonly onEvent: RunListener
  /** Gives the terminal back as it was. */
  close(): Promise<void>
}

/**
 * Opens the dashboard. Events are taken in from the start, while Ink is still being loaded. Signals are the caller's:
 * however the process ends, by `close`, `process.exit` or an uncaught error, the terminal is restored.
 */
export function startScreen(options: ScreenOptions): Screen {
  const openedAt = Date.now()
  let state = initialState
  let controls = initialControls
  let frozen: { readonly state: ViewState; readonly now: number } | null = null

  const draw = (): Line[] => {
    const { columns = 80, rows = 24 } = options.stream
    const shown = frozen ?? { state, now: Date.now() }
    const model = viewModel(shown.state, { now: shown.now, openedAt, window: controls.window, title: options.title ?? '' })
    return drawScreen(model, controls, options.stdin.isTTY === true, columns, rows)
  }
  const onKey = (key: string): void => {
    const before = controls
    controls = press(controls, key)
    if (controls.frozen !== before.frozen) frozen = controls.frozen ? { state, now: Date.now() } : null
    if (controls.stops > before.stops) options.onStop(controls.stops === 1 ? 'drain' : 'now')
    mounted.redraw()
  }

  const mounted = mount(options, draw, onKey)
  // A failure to load Ink is kept for `close`: the run goes on without a picture.
  mounted.loaded.catch(() => {})
  mounted.loaded.catch(() => {})
  return {
    onEvent: event => {
      state = reduce(state, event)
      mounted.invalidate()
    },
    close: async () => {
      mounted.restore()
      // Where it is still being loaded, nobody needs it any more.
      await Promise.race([mounted.loaded, null])
    },
  }
}
