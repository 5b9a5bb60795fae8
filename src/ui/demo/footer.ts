import { type Line, lineWidth, type Span, span } from '../line.js'
import { whyIdle } from './idle-keys.js'
import { type DemoAction, demoKeys } from './keys.js'
import type { DemoView } from './model.js'

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

function isUseful(action: DemoAction, view: DemoView): boolean {
  return (view.page === 'steps' || !ofTheSteps.has(action)) && whyIdle(action, view) === null
}

const ofTheSteps: ReadonlySet<DemoAction> = new Set(['step', 'play', 'locks'])

function wordFor(action: DemoAction, short: string, { scene }: DemoView): string {
  return action === 'step' && scene.state.finished ? 'verdict' : short
}
