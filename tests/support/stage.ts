import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { claimNamespace } from '#oltp/database/namespace.js'
import { Stage } from '#oltp/demo/stage.js'
import type { Demo } from '#oltp/scenario/demo/model.js'
import { parseDemo } from '#oltp/scenario/demo/parse.js'
import { openBench, ownNamespace } from './namespace.js'

const demoFolder = resolve('scenarios/demos')

export function readDemo(name: string): Demo {
  const file = resolve(demoFolder, `${name}.yaml`)
  return parseDemo(readFileSync(file, 'utf8'), file)
}

/** A stage in a namespace of a test's own. */
export async function openStage(url: string): Promise<{ readonly stage: Stage; close(): Promise<void> }> {
  const bench = await openBench(url)
  const namespace = ownNamespace('demo')
  const claim = await claimNamespace(bench.request(namespace))
  const stage = await Stage.open(bench.target, claim, bench.serverInfo)
  return {
    stage,
    async close() {
      await stage.close()
      await bench.clean(namespace)
      await bench.close()
    },
  }
}
