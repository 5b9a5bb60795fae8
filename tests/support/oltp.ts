import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const launcher = fileURLToPath(new URL('../../bin/oltp.js', import.meta.url))

export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | undefined
}

/** Runs the built command as a user would, off a terminal, with nothing of this process's OLTP_* settings. */
export async function oltp(args: readonly string[], options: { env?: Record<string, string>; cwd?: string } = {}): Promise<Outcome> {
  const { stdout, stderr, exitCode } = await start(args, options)
  return { stdout, stderr, exitCode }
}

/** The same, as a process at hand: to send it signals. */
export function start(args: readonly string[], { env = {}, cwd }: { env?: Record<string, string>; cwd?: string } = {}) {
  return execa(process.execPath, [launcher, ...args], {
    reject: false,
    stdin: 'ignore',
    extendEnv: false,
    env: { ...inherited(), ...env },
    ...(cwd === undefined ? {} : { cwd }),
  })
}

/** Resolves when the process has said something on stderr. */
export async function said(run: ReturnType<typeof start>, words: RegExp): Promise<void> {
  let text = ''
  await new Promise<void>((resolve, reject) => {
    run.stderr.on('data', chunk => {
      text += chunk
      if (words.test(text)) resolve()
    })
    run.once('exit', () => reject(new Error(`ended before it said ${words}:\n${text}`)))
  })
}

function inherited(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('OLTP_') || name === 'OLTP_HOME')
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
