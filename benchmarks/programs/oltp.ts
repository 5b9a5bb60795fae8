import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Result } from '#oltp/measure/result.js'
import type { Speed } from '../compare.js'
import { type Finished, runChild } from './child.js'

/** The command as it is installed. */
export const launcher: string = fileURLToPath(new URL('../../../../bin/oltp.js', import.meta.url))

export interface OltpRun {
  /** With `OLTP_URL`: passwords stay off command lines. */
  readonly env: NodeJS.ProcessEnv
  /** What to run instead of the bare command, made from it: another program around it, say. */
  readonly wrap?: (command: readonly string[]) => readonly string[]
  /** Exit codes that are no failure, beside 0. */
  readonly allowed?: readonly number[]
}

export function runOltp(args: readonly string[], { env, wrap = command => command, allowed = [] }: OltpRun): Promise<Finished> {
  const [file, ...rest] = wrap([process.execPath, launcher, ...args])
  return runChild(file as string, rest, { env, allowed: [0, ...allowed] })
}

/** One `oltp bench`, by its result document. */
export async function benchOltp(args: readonly string[], run: OltpRun): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'oltp-benchmark-'))
  const document = join(folder, 'result.json')
  try {
    await runOltp(['bench', ...args, '-o', document], run)
    return JSON.parse(readFileSync(document, 'utf8')) as Result
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function speedOf(result: Result): Speed {
  return { tps: result.tps, cpu_us: result.generator.cpu_us_per_transaction }
}
