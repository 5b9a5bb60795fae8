import { execa } from 'execa'

export interface Finished {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  /** Processor time, user and system, of the program and what it waited for. */
  readonly cpu_s: number
  readonly elapsed_s: number
}

/** Runs a program to its end; the shell's `time` says what it cost. @throws Error with its output unless its exit code is one of `allowed` */
export async function runChild(
  file: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly allowed?: readonly number[] } = {},
): Promise<Finished> {
  const timed = ['-c', 'TIMEFORMAT="cpu %U %S %R"; time "$@"', 'bash', file, ...args]
  const { stdout, stderr, exitCode } = await execa('bash', timed, {
    reject: false,
    maxBuffer: 1 << 28,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  const [, user, system, elapsed] = /cpu ([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(stderr) ?? []
  if (exitCode === undefined || !(options.allowed ?? [0]).includes(exitCode)) {
    throw new Error(`${file} ${args.join(' ')} ended with ${exitCode}\n${stdout.slice(-2000)}\n${stderr.slice(-4000)}`)
  }
  return { stdout, stderr, exitCode, cpu_s: Number(user) + Number(system), elapsed_s: Number(elapsed) }
}
