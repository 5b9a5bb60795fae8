import { wantsColour } from '../format.js'
import { smallest } from './layout.js'
import type { Line } from './line.js'
import { speaksUnicode } from './theme.js'

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
  readonly redraw: () => void
  /** Gives the terminal back as it was; harmless when called again. */
  readonly restore: () => void
}

const frameMs = 250
const clear = '\x1b[2J\x1b[H'
const enter = `\x1b[?1049h${clear}`
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

/**
 * Loads Ink and draws in the alternate screen, four times a second and after every key and resize, until restored.
 * null if it was not wanted any more by then.
 */
export async function mount(
  canvas: Canvas,
  draw: () => Line[],
  onKey: (key: string) => void,
  isWanted: () => boolean,
): Promise<Mounted | null> {
  const { stream, stdin, env } = canvas
  const { render, createElement, Dashboard } = await loadInk(wantsColour(env, true))
  if (!isWanted()) return null
  const ascii = canvas.ascii ?? !speaksUnicode(env)
  const keys = stdin.isTTY ? onKey : null
  const element = (lines: readonly Line[]) => createElement(Dashboard, { lines, ascii, onKey: keys })

  stream.write(enter)
  let drawn = draw()
  const ink = render(element(drawn), { stdout: withoutHeight(stream), stderr: stream, stdin, patchConsole: false, exitOnCtrlC: false })
  const redraw = () => {
    const lines = draw()
    if (JSON.stringify(lines) === JSON.stringify(drawn)) return
    drawn = lines
    ink.rerender(element(lines))
  }
  let size = `${stream.columns}x${stream.rows}`
  const onResize = () => {
    const now = `${stream.columns}x${stream.rows}`
    // Ink draws nothing where nothing has changed, so what is cleared must be drawn differently.
    if (now === size) return
    size = now
    stream.write(clear)
    redraw()
  }
  let restored = false
  const restore = () => {
    if (restored) return
    restored = true
    clearInterval(timer)
    stream.off('resize', onResize)
    process.off('exit', restore)
    process.off('uncaughtExceptionMonitor', restore)
    ink.unmount()
    stream.write(leave)
  }
  const timer = setInterval(redraw, frameMs)
  // Before Ink's own listener, which draws at the new width what was made for the old one.
  stream.prependListener('resize', onResize)
  process.on('exit', restore)
  process.on('uncaughtExceptionMonitor', restore)
  return { redraw, restore }
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

/** Ink takes a second of CPU to load, so only those who draw pay for it. Its colours are decided once, at import, and by FORCE_COLOR alone. */
async function loadInk(colour: boolean) {
  const before = process.env.FORCE_COLOR
  process.env.FORCE_COLOR = colour ? '1' : '0'
  try {
    const [{ render }, { createElement }, { Dashboard }] = await Promise.all([import('ink'), import('react'), import('./Dashboard.js')])
    return { render, createElement, Dashboard }
  } finally {
    if (before === undefined) delete process.env.FORCE_COLOR
    else process.env.FORCE_COLOR = before
  }
}
