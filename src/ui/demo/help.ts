import { wrapText } from '../../format.js'
import { cell, type Line, line, rule, span } from '../line.js'
import type { Style } from '../theme.js'
import { whyIdle } from './idle-keys.js'
import { demoKeys } from './keys.js'
import type { DemoView } from './model.js'

/** The keys, those with nothing to do here with the reason, and what every mark means. */
export function helpPanel(view: DemoView, width: number): Line[] {
  const keys = demoKeys.filter(({ long }) => long !== '')
  return [
    rule('Keys', width),
    ...keys.flatMap(({ shown, long, action }) => {
      const idle = whyIdle(action, view)
      return entry(shown, idle ?? long, 8, width, idle === null ? 'plain' : 'dim')
    }),
    rule('What the marks mean', width),
    ...marks.flatMap(([mark, meaning]) => entry(mark, meaning, 8, width)),
  ]
}

function entry(word: string, meaning: string, indent: number, width: number, style: Style = 'plain'): Line[] {
  return wrapText(meaning, width - indent - 2).map((text, at) =>
    line(cell(at === 0 ? ` ${word}` : '', indent, 'strong', 'left'), span(` ${text}`, style)),
  )
}

const marks: readonly (readonly [string, string])[] = [
  ['▸', 'about to run'],
  ['✓ ✗', 'done, answered with an error'],
  ['●', 'sent, and waits for a lock: the server has not answered yet'],
  ['»', 'deferred: its session still waits, it runs when that wakes'],
  ['–', 'never sent: its condition was false, or its session had given up'],
  ['┊', 'this session waits meanwhile'],
  ['──▶', 'waits for, as the server tells'],
  ['┄┄▶', 'waits for, it seems: the server does not name who is in the way'],
]
