import { fileURLToPath } from 'node:url'
import { exitCodes, OltpError } from '../errors.js'
import { kindOfFile } from '../scenario/demo/kind-of-file.js'
import type { Scenario } from '../scenario/model.js'
import { parseScenario } from '../scenario/parse.js'
import { namesOn, readFrom, type Shelf } from '../scenario-files.js'

const shelf: Shelf = {
  folder: fileURLToPath(new URL('../../scenarios', import.meta.url)),
  noun: 'scenario',
  unknown: 'SCENARIO_UNKNOWN',
  listedBy: 'oltp scenarios list',
}

/** The names of the scenarios that ship, sorted. */
export async function bundledScenarioNames(): Promise<readonly string[]> {
  return namesOn(shelf)
}

/**
 * Reads and checks a scenario: a path (it contains a slash, or ends in .yaml or .yml), or the name of one that ships.
 *
 * @param cwd where relative paths begin
 * @throws OltpError SCENARIO_UNKNOWN, SCENARIO_UNREADABLE, SCENARIO_INVALID and the like, exit code 2
 */
export async function loadScenario(nameOrPath: string, cwd = process.cwd()): Promise<Scenario> {
  const { path, shown, text, sha256 } = await readFrom(shelf, nameOrPath, cwd)
  if (kindOfFile(text) === 'demo') {
    throw new OltpError('SCENARIO_IS_DEMO', exitCodes.usage, `${shown} is a demo, not a scenario`, {
      hint: `play it with \`oltp demo ${nameOrPath}\``,
    })
  }
  return { ...parseScenario(text, shown, sha256), file: path }
}
