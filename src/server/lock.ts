import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isRunning, ownIdentity, type ProcessIdentity } from './identity.js'

export interface Lock {
  /** From now on the lock lives as long as that process does. */
  handOver(owner: ProcessIdentity): void
  release(): void
}

/**
 * Takes a lock that ends with its owner, however that ends. Null: somebody who is alive has it.
 *
 * The lock is the file `<path>.<n>` with the highest n. Whoever wants it creates n + 1, which only one can; numbers are never
 * used again while somebody may still go by an old one, so two can never take over the same dead owner's lock.
 */
export function acquireLock(path: string): Lock | null {
  for (;;) {
    const last = numbers(path).at(-1) ?? 0
    const owner = last === 0 ? null : readOwner(`${path}.${last}`)
    if (owner && isRunning(owner)) return null
    const mine = last + 1
    if (!create(`${path}.${mine}`, ownIdentity())) continue
    const all = numbers(path)
    if (all.at(-1) !== mine) {
      rmSync(`${path}.${mine}`, { force: true })
      continue
    }
    for (const old of all.filter(number => number < mine)) rmSync(`${path}.${old}`, { force: true })
    return {
      handOver: owner => replace(`${path}.${mine}`, owner),
      release: () => replace(`${path}.${mine}`, null),
    }
  }
}

function numbers(path: string): number[] {
  const prefix = `${basename(path)}.`
  return readdirSync(dirname(path))
    .filter(name => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map(name => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b)
}

function readOwner(file: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity | null
  } catch {
    return null
  }
}

/** Appears with its content or not at all. */
function create(file: string, owner: ProcessIdentity): boolean {
  const draft = writeDraft(file, owner)
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function replace(file: string, owner: ProcessIdentity | null): void {
  renameSync(writeDraft(file, owner), file)
}

function writeDraft(file: string, owner: ProcessIdentity | null): string {
  const draft = join(dirname(file), `.${basename(file)}-${process.pid}-${process.hrtime.bigint()}`)
  writeFileSync(draft, JSON.stringify(owner))
  return draft
}
