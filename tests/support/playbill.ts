import { type Casting, play, plotOf } from '#oltp/demo/play.js'
import type { DemoResult } from '#oltp/demo/result.js'
import type { Stage } from '#oltp/demo/stage.js'
import type { Demo } from '#oltp/scenario/demo/model.js'
import type { Isolation } from '#oltp/scenario/model.js'
import { runsOn } from '#oltp/scenario/runs-on.js'
import { engines } from './servers.js'
import { openStage } from './stage.js'

/** A demo, or `demo/variant`, at a level. */
export interface Telling {
  readonly telling: string
  readonly isolation: Isolation
}

/** What was played on one server. */
export interface Season {
  readonly stage: Stage
  resultOf(telling: string, isolation: Isolation): DemoResult
  close(): Promise<void>
}

/** Plays what a playbill names on every server, on all at once: what takes time is that sessions wait. Seasons by the engine's name. */
export async function playEverywhere(
  demos: readonly Demo[],
  playbill: (stage: Stage) => readonly Telling[],
): Promise<ReadonlyMap<string, Season>> {
  return new Map(
    await Promise.all(
      engines.map(async ({ name, url }) => {
        const opened = await openStage(url)
        const results = new Map<string, DemoResult>()
        for (const told of playbill(opened.stage)) {
          if (!results.has(keyOf(told))) results.set(keyOf(told), await play(opened.stage, castingOf(told, demos)))
        }
        const resultOf = (telling: string, isolation: Isolation): DemoResult => {
          const result = results.get(keyOf({ telling, isolation }))
          if (result === undefined) throw new Error(`${keyOf({ telling, isolation })} was not played`)
          return result
        }
        return [name, { ...opened, resultOf }] as const
      }),
    ),
  )
}

/** All fixes, or all other tellings, each at the level that it is for. */
export function tellingsOn(demos: readonly Demo[], { dialect, defaultIsolation }: Stage, fix: boolean): readonly Telling[] {
  return demos.flatMap(({ name, plot, variants }) =>
    [{ telling: name, plot, fix: false }, ...variants.map(variant => ({ ...variant, telling: `${name}/${variant.name}` }))]
      .filter(each => each.fix === fix && runsOn(each.plot, dialect))
      .map(each => ({ telling: each.telling, isolation: each.plot.isolation ?? defaultIsolation })),
  )
}

/** Why a telling is no way out; empty: it is one. */
export function faultsOf({ outcome, rule_held, serializable }: DemoResult, telling: string): readonly string[] {
  if (rule_held === true && serializable !== false) return []
  return [`${telling}: ${outcome}, rule held: ${rule_held}, serializable: ${serializable}`]
}

/** Why an explanation says nothing of what happened, but only how it ended; empty: it does. */
export function silenceOf({ explanation }: DemoResult, telling: string): readonly string[] {
  const ending = /^(?:All that was committed|Only .* committed anything|Nothing was committed|No serial order|The rule is)/
  return explanation.some(sentence => !ending.test(sentence)) ? [] : [`${telling}: ${explanation.join(' ')}`]
}

export function keyOf({ telling, isolation }: Telling): string {
  return `${telling} at ${isolation}`
}

function castingOf({ telling, isolation }: Telling, demos: readonly Demo[]): Casting {
  const [name, variant = null] = telling.split('/')
  const demo = demos.find(each => each.name === name)
  if (demo === undefined) throw new Error(`there is no demo ${name}`)
  const casting = { demo, variant, isolation }
  if (variant !== null && plotOf(casting) === demo.plot) throw new Error(`${name} has no variant ${variant}`)
  return casting
}
