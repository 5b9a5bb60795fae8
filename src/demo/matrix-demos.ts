import type { Demo } from '../scenario/demo/model.js'
import { levelProbes } from './levels.js'
import { bundledDemoNames, loadDemo } from './load-demo.js'

/**
 * The demos of a matrix: those that are named, else of those that ship the core ones and whatever levels are inferred from, else all; in the
 * order of a workshop, the others after it by name.
 *
 * @throws OltpError as `loadDemo` does
 */
export async function demosForMatrix(names: readonly string[], all: boolean, cwd: string): Promise<readonly Demo[]> {
  if (names.length > 0) return Promise.all([...new Set(names)].map(name => loadDemo(name, cwd)))
  const demos = await Promise.all((await bundledDemoNames()).map(name => loadDemo(name, cwd)))
  return demos
    .filter(({ name, core }) => all || core || levelProbes.includes(name))
    .sort((one, other) => (one.workshop ?? Number.MAX_SAFE_INTEGER) - (other.workshop ?? Number.MAX_SAFE_INTEGER))
}
