import { createHash } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { exitCodes, OltpError } from './errors.js'
import { suggest } from './scenario/nearest.js'
import { maxScenarioBytes, tooLarge } from './scenario/text.js'

/** A folder of files that ship, each known by its name without `.yaml`, and how messages speak of them. */
export interface Shelf {
  readonly folder: string
  readonly noun: 'scenario' | 'demo'
  /** The code of the error for a name that is not among them. */
  readonly unknown: 'SCENARIO_UNKNOWN' | 'DEMO_UNKNOWN'
  /** The command that lists them. */
  readonly listedBy: string
}

/** A file as it was read. */
export interface SourceFile {
  readonly path: string
  /** The path as a person would write it from here. */
  readonly shown: string
  readonly text: string
  /** Of the bytes, in hex. */
  readonly sha256: string
}

/** The names of what ships, sorted. */
export async function namesOn({ folder }: Shelf): Promise<readonly string[]> {
  const files = await readdir(folder).catch(() => [])
  return files.flatMap(file => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : [])).sort()
}

/**
 * Reads a file: by its path (it contains a slash, or ends in .yaml or .yml), or by the name of one that ships.
 *
 * @param cwd where relative paths begin
 * @throws OltpError `Shelf.unknown`, SCENARIO_UNREADABLE, SCENARIO_BINARY, SCENARIO_TOO_LARGE, exit code 2
 */
export async function readFrom(shelf: Shelf, nameOrPath: string, cwd: string): Promise<SourceFile> {
  const path = await pathOf(shelf, nameOrPath, cwd)
  const bytes = await readBytes(shelf, path, nameOrPath)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { path, shown: shownPath(path, cwd), text: decode(bytes, nameOrPath, shelf), sha256 }
}

async function pathOf(shelf: Shelf, nameOrPath: string, cwd: string): Promise<string> {
  if (/[/\\]|\.ya?ml$/.test(nameOrPath)) return resolve(cwd, nameOrPath)
  const { folder, noun, unknown, listedBy } = shelf
  const names = await namesOn(shelf)
  if (names.includes(nameOrPath)) return join(folder, `${nameOrPath}.yaml`)
  if (nameOrPath !== '' && existsSync(resolve(cwd, nameOrPath))) {
    throw new OltpError(unknown, exitCodes.usage, `no ${noun} «${nameOrPath}» ships, but there is a file of that name`, {
      hint: `write ./${nameOrPath} if it holds a ${noun}; \`${listedBy}\` shows those that ship`,
    })
  }
  throw new OltpError(unknown, exitCodes.usage, `there is no ${noun} «${nameOrPath}»`, {
    hint: `${suggest(nameOrPath, names) ?? 'none ships with this copy'}; a file is named with its ending, as in ./mine.yaml`,
  })
}

async function readBytes(shelf: Shelf, path: string, shown: string): Promise<Buffer> {
  // Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(shelf, shown, error)
  })
  try {
    const stat = await file.stat()
    if (stat.isDirectory()) throw notAFile(shown, 'is a folder, not a file')
    if (!stat.isFile()) throw notAFile(shown, 'is not an ordinary file')
    if (stat.size > maxScenarioBytes) throw tooLarge(shown, stat.size)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

function decode(bytes: Buffer, shown: string, { noun }: Shelf): string {
  try {
    if (bytes.includes(0)) throw new TypeError('a zero byte')
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new OltpError('SCENARIO_BINARY', exitCodes.usage, `${shown} is not text in UTF-8`, {
      hint: `is it the right file? a ${noun} is YAML text, saved as UTF-8`,
      cause,
    })
  }
}

function unreadable({ noun, listedBy }: Shelf, shown: string, error: NodeJS.ErrnoException): OltpError {
  const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR'
  const message = missing ? `there is no file ${shown}` : `cannot read ${shown}: ${reasons[error.code ?? ''] ?? error.message}`
  const hint = missing ? `check the path; \`${listedBy}\` shows the ${noun}s that ship` : 'check its permissions'
  return new OltpError('SCENARIO_UNREADABLE', exitCodes.usage, message, { hint, cause: error })
}

const reasons: { readonly [code: string]: string } = {
  EACCES: 'no permission',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its links go round in a circle',
  ENAMETOOLONG: 'the name is too long',
}

function notAFile(shown: string, what: string): OltpError {
  return new OltpError('SCENARIO_UNREADABLE', exitCodes.usage, `${shown} ${what}`, { hint: 'name the .yaml file' })
}

function shownPath(path: string, cwd: string): string {
  const fromHere = relative(cwd, path)
  return fromHere.startsWith('..') || fromHere === '' ? path : fromHere
}
