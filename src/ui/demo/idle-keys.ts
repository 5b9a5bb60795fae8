import type { DemoAction } from './keys.js'
import type { DemoView } from './model.js'
import { variantsThere } from './tellings.js'

/** Why a key has nothing to go to in this demo on this server; null: it has. */
export function whyIdle(action: DemoAction, { engines, onlyServer, demo, scene }: IdleView): string | null {
  const none = (fix: boolean) => variantsThere(demo, scene.server.dialect, fix).length === 0
  if (action === 'engine' && engines.length < 2) return onlyServer
  if (action === 'fix' && none(true)) return `this demo shows no fix on ${scene.server.product}`
  if (action === 'variant' && none(false)) return `this demo is told in no other way on ${scene.server.product}`
  return null
}

type IdleView = Pick<DemoView, 'engines' | 'onlyServer' | 'demo' | 'scene'>
