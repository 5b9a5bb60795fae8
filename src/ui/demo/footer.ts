import { type Line, lineWidth, type Span, span } from '../line.js'
import { type DemoAction, demoKeys } from './keys.js'
import type { DemoView } from './model.js'
import { variantsThere } from './tellings.js'

/** The keys that do something here; where there is no room for all, those that matter most. */
export function footerLine(view: DemoView, width: number): Line {
  const shown = demoKeys.filter(({ short, action }) => short !== '' && isUseful(action, view))
  const drawn = () => shown.flatMap(({ shown: key, short, action }) => entry(key, wordFor(action, short, view)))
  while (lineWidth(drawn()) > width && shown.length > 1) {
    const least = Math.max(...shown.map(({ rank }) => rank))
    shown.splice(
      shown.findLastIndex(({ rank }) => rank === least),
      1,
    )
  }
  return drawn()
}

function entry(shown: string, text: string): Span[] {
  return [span(` ${shown} `, 'strong'), span(`${text} `, 'dim')]
}

function isUseful(action: DemoAction, { engines, demo, scene, page }: DemoView): boolean {
  const { dialect } = scene.server
  switch (action) {
    case 'engine':
      return engines.length > 1
    case 'fix':
      return variantsThere(demo, dialect, true).length > 0
    case 'variant':
      return variantsThere(demo, dialect, false).length > 0
    case 'step':
    case 'play':
    case 'locks':
      return page === 'steps'
    default:
      return true
  }
}

function wordFor(action: DemoAction, short: string, { scene }: DemoView): string {
  return action === 'step' && scene.state.finished ? 'verdict' : short
}
