import type { DemoPlayer } from '../../demo/player.js'
import { type Canvas, mount } from '../terminal.js'
import { Remote } from './remote.js'
import { drawDemo } from './views.js'

export interface DemoScreenOptions extends Canvas {
  readonly player: DemoPlayer
  /** Why there is no other server to go to, where the player has one only, and what to do about it. */
  readonly onlyServer: string
  /** For the back of a room; a key changes it. */
  readonly large?: boolean
  /** Ends it as `q` does, as when a signal comes. */
  readonly signal: AbortSignal
}

/**
 * Shows a demo to people, who step through it with the keyboard, until they quit; then the terminal is as it was, and the player is closed.
 * Only where `canShowScreen`, and stdin is a terminal.
 *
 * @throws what is no one's fault but ours; what a server or a file is to blame for is shown
 */
export async function showDemo({ player, onlyServer, large = false, signal, ...canvas }: DemoScreenOptions): Promise<void> {
  let end = () => {}
  let fail: (error: unknown) => void = () => {}
  const over = new Promise<void>((resolve, reject) => {
    end = resolve
    fail = reject
  })
  const remote = new Remote(player, { large, onlyServer, onChange: () => mounted.redraw(), onQuit: end, onFailure: fail })
  const draw = () => {
    const { columns = 80, rows = 24 } = canvas.stream
    const { lines, scroll } = drawDemo(remote.view, columns, rows)
    remote.scrolledTo(scroll)
    return lines
  }
  const mounted = mount(canvas, draw, key => remote.press(key))
  mounted.loaded.catch(fail)
  signal.addEventListener('abort', end)
  if (signal.aborted) end()
  try {
    await over
  } finally {
    signal.removeEventListener('abort', end)
    remote.close()
    mounted.restore()
    await player.close()
  }
}
