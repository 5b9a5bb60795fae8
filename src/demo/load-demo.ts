import { fileURLToPath } from 'node:url'
import { exitCodes, OltpError } from '../errors.js'
import { kindOfFile } from '../scenario/demo/kind-of-file.js'
import type { Demo } from '../scenario/demo/model.js'
import { parseDemo } from '../scenario/demo/parse.js'
import { namesOn, readFrom, type Shelf } from '../scenario-files.js'

const shelf: Shelf = {
  folder: fileURLToPath(new URL('../../scenarios/demos', import.meta.url)),
  noun: 'demo',
  unknown: 'DEMO_UNKNOWN',
  listedBy: 'oltp demo',
}

/** The names of the demos that ship, sorted. */
export async function bundledDemoNames(): Promise<readonly string[]> {
  return namesOn(shelf)
}

/**
 * Reads and checks a demo: a path (it contains a slash, or ends in .yaml or .yml), or the name of one that ships.
 *
 * @param cwd where relative paths begin
 * @throws OltpError DEMO_UNKNOWN, SCENARIO_UNREADABLE, SCENARIO_INVALID and the like, exit code 2
 */
export async function loadDemo(nameOrPath: string, cwd = process.cwd()): Promise<Demo> {
  const { path, shown, text } = await readFrom(shelf, nameOrPath, cwd)
  if (kindOfFile(text) === 'scenario') {
    throw new OltpError('DEMO_IS_SCENARIO', exitCodes.usage, `${shown} is a scenario, not a demo`, {
      hint: `run it with \`oltp bench ${nameOrPath}\``,
    })
  }
  return { ...parseDemo(text, shown), file: path }
}

/** Whether this names a demo rather than a scenario: one that ships, or a file that means to be one. Never fails. */
export async function namesDemo(nameOrPath: string, cwd: string): Promise<boolean> {
  try {
    return kindOfFile((await readFrom(shelf, nameOrPath, cwd)).text) === 'demo'
  } catch {
    return false
  }
}
