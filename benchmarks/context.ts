import type { Target } from '#oltp/database/contract.js'

/** What every experiment is given. */
export interface Context {
  /** At least 7 for a figure that is published. */
  readonly pairs: number
  /** How long each measured run takes. */
  readonly seconds: number
  /** A server of our own, started when it is first asked for and stopped at the end. */
  server(engine: 'postgres' | 'mysql'): Promise<BenchmarkServer>
  log(line: string): void
}

export interface BenchmarkServer {
  readonly target: Target
  /** The environment in which our command finds it: passwords stay off command lines. */
  readonly env: NodeJS.ProcessEnv
  readonly title: string
  readonly dataDirectory: string
}

/** One block of docs/performance.md, and whether what it must show holds. */
interface Finding {
  readonly markdown: string
  readonly holds: boolean
}

/** Something that we say of ourselves, with the measurement that shows it. */
export interface Experiment {
  /** As on the command line and in the markers of docs/performance.md. */
  readonly name: string
  run(context: Context): Promise<Finding>
}
