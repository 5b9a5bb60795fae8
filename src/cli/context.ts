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
