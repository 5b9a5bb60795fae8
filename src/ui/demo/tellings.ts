import type { Scene, Telling } from '../../demo/player.js'
import type { Demo, DemoVariant } from '../../scenario/demo/model.js'
import { isolationLevels } from '../../scenario/model.js'
import { runsOn } from '../../scenario/runs-on.js'

/** The same at the next level; after the strongest, the weakest. */
export function atNextLevel({ telling, isolation }: Scene): Telling {
  return { ...telling, isolation: after(isolationLevels, isolation) }
}

/** The same on the next server; null: there is no other. */
export function onNextEngine({ telling }: Scene, engines: readonly string[]): Telling | null {
  return engines.length < 2 ? null : { ...telling, engine: after(engines, telling.engine) }
}

/** The next variant that is a fix, or that is none; after the last, the story as it is. Null: there are none here. */
export function nextVariant(demo: Demo, { telling, server }: Scene, fix: boolean): Telling | null {
  const there = variantsThere(demo, server.dialect, fix)
  if (there.length === 0) return null
  const now = demo.variants.find(({ name }) => name === telling.variant) ?? null
  const next = there[there.findIndex(({ name }) => name === now?.name) + 1] ?? null
  // The level that the user chose stays, unless the variant is about another.
  const sameLevel = (next ?? demo).plot.isolation === (now ?? demo).plot.isolation
  return { ...telling, variant: next?.name ?? null, isolation: sameLevel ? telling.isolation : null }
}

/** What is said before the first step: the story, and of a way out what it costs. */
export function openingText({ variants, story }: Demo, { telling }: Scene): string {
  const fix = variants.find(({ name, fix }) => fix && name === telling.variant)
  return fix?.cost ? `The cost: ${fix.cost}.` : story
}

/** Those that make sense on that engine. */
export function variantsThere({ variants }: Demo, dialect: Scene['server']['dialect'], fix: boolean): readonly DemoVariant[] {
  return variants.filter(variant => variant.fix === fix && runsOn(variant.plot, dialect))
}

function after<T>(all: readonly T[], one: T): T {
  return all[(all.indexOf(one) + 1) % all.length] as T
}
