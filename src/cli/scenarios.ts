import { relative } from 'node:path'
import { loadDemo, namesDemo } from '../demo/load-demo.js'
import { exitCodes, OltpError } from '../errors.js'
import { wantsColour } from '../format.js'
import { bundledScenarioNames, loadScenario } from '../run/load-scenario.js'
import { demoJsonSchema } from '../scenario/demo/json-schema.js'
import { scenarioJsonSchema } from '../scenario/json-schema.js'
import { resolveScenario } from '../scenario/resolve.js'
import type { CliContext } from './context.js'
import { writeNewScenario } from './new-scenario.js'
import { formatProblem } from './problems.js'
import { describeScenario, listScenarios } from './scenario-text.js'

/** `oltp scenarios list` */
export async function list(context: CliContext): Promise<void> {
  const scenarios = []
  for (const name of await bundledScenarioNames()) scenarios.push(await loadScenario(name, context.cwd))
  context.stdout.write(listScenarios(scenarios))
}

/** `oltp scenarios show` */
export async function show(nameOrPath: string, context: CliContext): Promise<void> {
  context.stdout.write(describeScenario(await loadScenario(nameOrPath, context.cwd), nameOrPath))
}

/** `oltp scenarios check`: every file, scenario or demo, also after one that is wrong. */
export async function check(files: readonly string[], context: CliContext): Promise<void> {
  for (const file of files) {
    try {
      if (await namesDemo(file, context.cwd)) await loadDemo(file, context.cwd)
      else await checkScenario(file, context.cwd)
      context.stdout.write(`✓ ${file}\n`)
    } catch (error) {
      if (!(error instanceof OltpError)) throw error
      const problems = error.problems.length > 0 ? error.problems : [{ message: error.message, hint: error.hint }]
      const colour = wantsColour(context.env, context.stderr.isTTY === true)
      context.stderr.write(`${problems.map(problem => formatProblem(problem, colour)).join('\n\n')}\n\n`)
      context.stdout.write(`✗ ${file}\n`)
      context.exitCode = exitCodes.usage
    }
  }
}

/** `oltp scenarios new` */
export async function create(name: string, context: CliContext): Promise<void> {
  const files = await writeNewScenario(name, context.cwd)
  const shown = files.map(file => `  ${relative(context.cwd, file)}\n`).join('')
  context.stdout.write(`wrote\n${shown}\nRun it:   oltp bench ./${name}.yaml\nCheck it: oltp scenarios check ${name}.yaml\n`)
}

/** `oltp scenarios schema` */
export async function schema(context: CliContext, ofDemos: boolean): Promise<void> {
  context.stdout.write(ofDemos ? demoJsonSchema() : scenarioJsonSchema())
}

async function checkScenario(file: string, cwd: string): Promise<void> {
  const scenario = await loadScenario(file, cwd)
  for (const variant of [null, ...scenario.variants.map(({ name }) => name)]) resolveScenario(scenario, { variant, set: {}, overrides: {} })
}
