import { existsSync, readFileSync } from 'node:fs'
import { execaSync } from 'execa'

/** One process for good: process ids are used again, an id together with the time of its start is not. */
export interface ProcessIdentity {
  readonly pid: number
  readonly start: string
}

/** Who runs under this id now. Null: nobody, or a zombie, which holds nothing any more. */
export function identify(pid: number): ProcessIdentity | null {
  const start = existsSync('/proc/self/stat') ? startFromProc(pid) : startFromPs(pid)
  return start === null ? null : { pid, start }
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.start === identity.start
}

export function ownIdentity(): ProcessIdentity {
  const own = identify(process.pid)
  if (!own) throw new Error('this process does not find itself in the process table')
  return own
}

/** The arguments that a process was started with, '' where there is none. Our servers name their data directory there. */
export function commandLine(pid: number): string {
  try {
    if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return ps(pid, 'command=')
  } catch {
    return ''
  }
}

function startFromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may hold spaces and parentheses of its own. Fields 3 (state) and 22 (start) of proc(5).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, ticks] = [fields[0], fields[19]]
    if (state === 'Z' || state === 'X' || ticks === undefined) return null
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticks}`
  } catch {
    return null
  }
}

function startFromPs(pid: number): string | null {
  const [state, ...start] = ps(pid, 'state=,lstart=').trim().split(/\s+/)
  return !state || state.startsWith('Z') ? null : start.join(' ')
}

function ps(pid: number, columns: string): string {
  return execaSync('ps', ['-o', columns, '-p', String(pid)], { reject: false, env: { LC_ALL: 'C' } }).stdout
}
