import { createHash } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exitCodes, OltpError } from '../errors.js'
import type { Scenario } from '../scenario/model.js'
import { suggest } from '../scenario/nearest.js'
import { parseScenario } from '../scenario/parse.js'
import { maxScenarioBytes, tooLarge } from '../scenario/text.js'

/** Where the scenarios that ship are. */
const bundledScenarios: string = fileURLToPath(new URL('../../scenarios', import.meta.url))

/** The names of the scenarios that ship, sorted. */
export async function bundledScenarioNames(): Promise<readonly string[]> {
  const files = await readdir(bundledScenarios).catch(() => [])
  return files.flatMap(file => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : [])).sort()
}

/**
 * Reads and checks a scenario: a path (it contains a slash, or ends in .yaml or .yml), or the name of one that ships.
 *
 * @param cwd where relative paths begin
 * @throws OltpError SCENARIO_UNKNOWN, SCENARIO_UNREADABLE, SCENARIO_INVALID and the like, exit code 2
 */
export async function loadScenario(nameOrPath: string, cwd = process.cwd()): Promise<Scenario> {
  const path = await pathOf(nameOrPath, cwd)
  const bytes = await readBytes(path, nameOrPath)
  const scenario = parseScenario(decode(bytes, nameOrPath), shownPath(path, cwd), createHash('sha256').update(bytes).digest('hex'))
  return { ...scenario, file: path }
}

async function pathOf(nameOrPath: string, cwd: string): Promise<string> {
  if (/[/\\]|\.ya?ml$/.test(nameOrPath)) return resolve(cwd, nameOrPath)
  const names = await bundledScenarioNames()
  if (names.includes(nameOrPath)) return join(bundledScenarios, `${nameOrPath}.yaml`)
  if (nameOrPath !== '' && existsSync(resolve(cwd, nameOrPath))) {
    throw new OltpError('SCENARIO_UNKNOWN', exitCodes.usage, `no scenario «${nameOrPath}» ships, but there is a file of that name`, {
      hint: `write ./${nameOrPath} if it holds a scenario; these ship: ${names.join(', ')}`,
    })
  }
  throw new OltpError('SCENARIO_UNKNOWN', exitCodes.usage, `there is no scenario «${nameOrPath}»`, {
    hint: `${suggest(nameOrPath, names) ?? 'none ships with this copy'}; a file is named with its ending, as in ./mine.yaml`,
  })
}

async function readBytes(path: string, shown: string): Promise<Buffer> {
  // Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(shown, error)
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

function decode(bytes: Buffer, shown: string): string {
  try {
    if (bytes.includes(0)) throw new TypeError('a zero byte')
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new OltpError('SCENARIO_BINARY', exitCodes.usage, `${shown} is not text in UTF-8`, {
      hint: 'is it the right file? a scenario is YAML text, saved as UTF-8',
      cause,
    })
  }
}

function unreadable(shown: string, error: NodeJS.ErrnoException): OltpError {
  const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR'
  const message = missing ? `there is no file ${shown}` : `cannot read ${shown}: ${reasons[error.code ?? ''] ?? error.message}`
  const hint = missing ? 'check the path; `oltp scenarios list` shows the scenarios that ship' : 'check its permissions'
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

/** As a person would write it from here. */
function shownPath(path: string, cwd: string): string {
  const fromHere = relative(cwd, path)
  return fromHere.startsWith('..') || fromHere === '' ? path : fromHere
}
