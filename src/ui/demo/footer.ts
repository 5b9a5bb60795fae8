import { type Line, lineWidth, type Span, span } from '../line.js'
import { type DemoAction, demoKeys } from './keys.js'
import type { DemoView } from './model.js'
import { variantsThere } from './tellings.js'

/** The keys that do something here; where there is no room for all, those that matter most. */
export function footerLine(view: DemoView, width: number): Line {
  const useful = demoKeys.filter(({ short, action }) => short !== '' && isUseful(action, view))
  for (const most of [3, 2, 1]) {
    const spans = useful
      .filter(({ rank }) => rank <= most)
      .flatMap(({ shown, short, action }) => entry(shown, wordFor(action, short, view)))
    if (lineWidth(spans) <= width || most === 1) return spans
  }
  return []
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
