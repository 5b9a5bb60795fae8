/** What a process exit status means; `oltp --help` and the README print this table. */
export const exitCodes = {
  ok: 0,
  bug: 1,
  usage: 2,
  setup: 3,
  broke: 4,
  refused: 5,
  notValid: 92,
  threshold: 99,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** A place in a text that a person wrote. Lines and columns count from 1; `length` is in characters. */
export interface SourceLocation {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly length: number
  /** The whole line as written, for the caret underneath. */
  readonly text: string
}

/** One thing that is wrong: what was found, where, and one thing to do next. */
export interface Problem {
  readonly message: string
  readonly location?: SourceLocation
  /** Said right at the caret, as in «one of: read committed, serializable». */
  readonly label?: string
  readonly hint?: string
}

/**
 * Every failure that a user can do something about. Only `cli/main.ts` prints it and sets the exit code;
 * anything else that reaches it is a bug of ours and is shown with its stack.
 */
export class OltpError extends Error {
  override readonly name = 'OltpError'
  readonly code: string
  readonly exitCode: ExitCode
  readonly hint: string | undefined
  /** Several problems found in one pass, each printed as a block of its own. */
  readonly problems: readonly Problem[]

  /** @param code stable and machine-readable, as in `SCENARIO_INVALID` */
  constructor(
    code: string,
    exitCode: ExitCode,
    message: string,
    more: { readonly hint?: string; readonly problems?: readonly Problem[]; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.exitCode = exitCode
    this.hint = more.hint
    this.problems = more.problems ?? []
  }
}
