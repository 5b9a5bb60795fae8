import { PassThrough } from 'node:stream'
import type { CliContext } from '#oltp/cli/context.js'
import { main } from '#oltp/cli/main.js'

/** Runs one command line in this process, off a terminal. */
export async function run(argv: readonly string[], cwd: string) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const context: CliContext = { argv, env: {}, cwd, stdin: process.stdin, stdout, stderr, exitCode: 0, onSignal: () => () => {} }
  await main(context)
  const text = (stream: PassThrough) => String(stream.read() ?? '')
  return { stdout: text(stdout), stderr: text(stderr), exitCode: context.exitCode }
}
