import { wantsColour } from '../format.js'
import { smallest } from './layout.js'
import type { Line } from './line.js'
import { asciiOnly, speaksUnicode } from './theme.js'

type Environment = { readonly [name: string]: string | undefined }

export interface Canvas {
  /** The terminal to draw on: stderr, so that stdout carries the result alone. */
  readonly stream: NodeJS.WriteStream
  readonly stdin: NodeJS.ReadStream
  readonly env: Environment
  /** Draw in ASCII even where the locale promises more. */
  readonly ascii?: boolean
}

export interface Mounted {
  /** Settles when Ink draws; rejects if it cannot be loaded. */
  readonly loaded: Promise<void>
  readonly redraw: () => void
  /** There is something new to draw: soon, with whatever else comes until then. */
  readonly invalidate: () => void
  /** Gives the terminal back as it was; harmless when called again. */
  readonly restore: () => void
}

/** What else comes with the news of a second. */
const gatherMs = 200
/** A frame costs more than a hundredth of a second of a processor that the load could have: what is new waits for the next second. */
const restMs = 900
/** Clocks go on without news. */
const heartbeatMs = 1000
const clear = '\x1b[2J\x1b[H'
const enter = `\x1b[?1049h\x1b[?25l${clear}`
const leave = '\x1b[?25h\x1b[?1049l'

interface MaybeTerminal {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** Whether the dashboard may be drawn: on a terminal that can and is large enough, and not under CI, where Ink draws only its last frame. */
export function canShowScreen<S extends MaybeTerminal>(stream: S, env: Environment): stream is S & NodeJS.WriteStream {
  const isOn = (value: string | undefined) => value !== undefined && !['', '0', 'false'].includes(value)
  if (stream.isTTY !== true || env.TERM === 'dumb' || isOn(env.CI) || isOn(env.CONTINUOUS_INTEGRATION)) return false
  return (stream.columns ?? 0) >= smallest.columns && (stream.rows ?? 0) >= smallest.rows
}

/** Why nobody can be shown anything on what is a terminal, and what to do; null: that is not why, see `canShowScreen`. */
export function whyTooPoor({ isTTY, columns = 0, rows = 0 }: MaybeTerminal, { TERM }: Environment): string | null {
  if (isTTY !== true) return null
  if (TERM === 'dumb') return 'the terminal is a dumb one, says TERM, and the screen needs another'
  if (columns >= smallest.columns && rows >= smallest.rows) return null
  return `the terminal is ${columns}x${rows}, the screen needs ${smallest.columns}x${smallest.rows}: make it larger to step through`
}

/**
 * Draws in the alternate screen until restored: at once in plain text, then, as soon as Ink is loaded, in colour, shortly after
 * something new, once a second, and after every key and resize.
 */
export function mount(canvas: Canvas, draw: () => Line[], onKey: (key: string) => void): Mounted {
  const { stream, stdin, env } = canvas
  const ascii = canvas.ascii ?? !speaksUnicode(env)
  const keys = stdin.isTTY ? onKey : null
  let drawn = draw()
  let size = sizeOf(stream)
  let ink: Painter | null = null
  let restored = false

  let paintedAt = Number.NEGATIVE_INFINITY

  const redraw = () => {
    const lines = draw()
    // Drawn once more, an Ink that was unmounted would take the keyboard again.
    if (restored || ink === null || JSON.stringify(lines) === JSON.stringify(drawn)) return
    drawn = lines
    paintedAt = performance.now()
    ink.paint(lines)
  }
  const onResize = () => {
    const now = sizeOf(stream)
    // Ink draws nothing where nothing has changed, so what is cleared must be drawn differently.
    if (now === size) return
    size = now
    stream.write(clear)
    redraw()
  }
  let soon: NodeJS.Timeout | null = null
  const heartbeat = setInterval(redraw, heartbeatMs)
  const invalidate = () => {
    const waitMs = Math.max(gatherMs, paintedAt + restMs - performance.now())
    soon ??= setTimeout(() => {
      soon = null
      heartbeat.refresh()
      redraw()
    }, waitMs)
  }
  const restore = () => {
    if (restored) return
    restored = true
    clearInterval(heartbeat)
    if (soon !== null) clearTimeout(soon)
    stream.off('resize', onResize)
    process.off('exit', restore)
    process.off('uncaughtExceptionMonitor', restore)
    ink?.unmount()
    if (keys !== null) stdin.setRawMode(false)
    stream.write(leave)
  }
  process.on('exit', restore)
  process.on('uncaughtExceptionMonitor', restore)

  // At once, not only when Ink is loaded: what is typed until then would be written over the picture, and wait for the end of a line.
  if (keys !== null) stdin.setRawMode(true)
  stream.write(`${enter}${plainText(drawn, ascii)}`)
  const loaded = loadInk(wantsColour(env, true)).then(startPainting => {
    if (restored) return
    stream.write(clear)
    drawn = draw()
    size = sizeOf(stream)
    ink = startPainting(drawn, stream, stdin, ascii, keys)
    // Before Ink's own listener, which draws at the new width what was made for the old one.
    stream.prependListener('resize', onResize)
  })
  return { loaded, redraw, invalidate, restore }
}

function sizeOf({ columns, rows }: NodeJS.WriteStream): string {
  return `${columns}x${rows}`
}

interface Painter {
  readonly paint: (lines: readonly Line[]) => void
  readonly unmount: () => void
}

function plainText(lines: readonly Line[], ascii: boolean): string {
  const text = lines.map(line => line.map(({ text }) => text).join('')).join('\r\n')
  return ascii ? text.split('\r\n').map(asciiOnly).join('\r\n') : text
}

/**
 * Ink takes up to a second of CPU to load, so only those who draw pay for it. At import, once, it decides by the environment whether it has
 * colours and whether anybody looks: both are decided already, and an empty CI, which means nothing to us, would leave its screen empty.
 */
async function loadInk(colour: boolean) {
  const decided = { FORCE_COLOR: colour ? '1' : '0', CI: 'false', CONTINUOUS_INTEGRATION: 'false' }
  const before = Object.keys(decided).map(name => [name, process.env[name]] as const)
  Object.assign(process.env, decided)
  try {
    const [{ render }, { createElement }, { Dashboard }] = await Promise.all([import('ink'), import('react'), import('./Dashboard.js')])
    return (
      first: readonly Line[],
      stream: NodeJS.WriteStream,
      stdin: NodeJS.ReadStream,
      ascii: boolean,
      onKey: ((key: string) => void) | null,
    ): Painter => {
      const element = (lines: readonly Line[]) => createElement(Dashboard, { lines, ascii, onKey })
      const options = { stdout: withoutHeight(stream), stderr: stream, stdin, patchConsole: false, exitOnCtrlC: false }
      const { rerender, unmount } = render(element(first), options)
      return { paint: lines => rerender(element(lines)), unmount: () => unmount() }
    }
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

/**
 * Ink compares its last frame with the height of the terminal, and where that has become too small it clears the scrollback,
 * which is the user's. What we draw is always lower than the terminal, so it need not know.
 */
function withoutHeight(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return new Proxy(stream, {
    get: (target, name) => {
      if (name === 'rows') return Number.POSITIVE_INFINITY
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
