import { type Controls, keyBindings, views } from '../keys.js'
import { justify, type Line, line, type Span, span } from '../line.js'

/** The keys, or why there are none. */
export function footerLine(controls: Controls, keysWork: boolean, width: number): Line {
  if (!keysWork) return line(span(' keys are off: stdin is not a terminal; Ctrl-C stops', 'dim'))
  const keys = keyBindings
    .filter(({ short }) => short !== '')
    .flatMap(({ shown, short }) => entry(shown, `${short}${setting(short, controls)}`))
  return justify(keys, tabs(controls, width), width)
}

function tabs({ view, help }: Controls, width: number): Span[] {
  if (width < 70) return []
  if (width < 110) return [span(`${help ? 'help' : view} `, 'strong')]
  return views.flatMap((name, at) => [span(`  ${at + 1} `, 'dim'), span(name, name === view && !help ? 'strong' : 'dim')]).concat(span(' '))
}

function entry(shown: string, text: string): Span[] {
  return [span(` ${shown} `, 'strong'), span(`${text} `, 'dim')]
}

function setting(short: string, controls: Controls): string {
  if (short === 'view') return ` ${views.indexOf(controls.view) + 1}/${views.length}`
  return short === 'window' ? ` ${controls.window}` : ''
}
