import type { ExitCode } from '../errors.js'

/** A stream that text goes to; `isTTY` and the size are set on a terminal only. */
export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** The world as commands see it: nothing else in src/cli touches `process`. */
export interface CliContext {
  readonly argv: readonly string[]
  readonly env: { readonly [name: string]: string | undefined }
  readonly cwd: string
  readonly stdin: NodeJS.ReadStream
  /** The result. */
  readonly stdout: OutputStream
  /** Everything else. */
  readonly stderr: OutputStream
  /** Set by an action when it is done; 0 unless set. */
  exitCode: ExitCode
  /** Calls `handler` on SIGINT, SIGTERM and SIGHUP until the returned function is called. */
  onSignal(handler: (signal: NodeJS.Signals) => void): () => void
}

/** Whether colour is wanted on a stream: `NO_COLOR` > `FORCE_COLOR` > `TERM=dumb` > a terminal. */
export function wantsColour(stream: OutputStream, env: CliContext['env']): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR)
  if (env.TERM === 'dumb') return false
  return stream.isTTY === true
}
