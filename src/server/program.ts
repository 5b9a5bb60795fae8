import type { Account } from './home.js'

/** Told what is being done, and how much of it is done (0 to 1) where that is known. */
export type OnStep = (detail: string, fraction: number | null) => void

/** What a start is told: where to live and listen. */
export interface ServerPlace {
  readonly dataDirectory: string
  /** A short path of its own: the name of a Unix socket may not be longer than about 100 bytes. */
  readonly socketDirectory: string
  readonly port: number
  readonly maxConnections: number
  readonly password: string
}

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly input?: string
}

export type Product = 'PostgreSQL' | 'MySQL' | 'MariaDB'

/** A server's binaries and how they are used. One per product; the life cycle is the same for all. */
export interface ServerProgram {
  readonly product: Product
  /** As in `18.4`. */
  readonly version: string
  /** Names data directories, as in `postgres-18`: another family's binaries cannot read them. */
  readonly family: string
  readonly account: Account | null
  /** Commands that fill an empty data directory, in order. `passwordFile` can be read by the server's user. */
  initialise(dataDirectory: string, passwordFile: string): Promise<readonly Command[]>
  /** Writes what the start needs into the data directory, and says how to start in the foreground. */
  prepareStart(place: ServerPlace): Command
  readonly signals: {
    readonly stop: NodeJS.Signals /** Loses nothing that was committed, but leaves recovery to the next start. */
    readonly stopNow: NodeJS.Signals
  }
}
