import { wrapText } from '../../format.js'
import { keyBindings } from '../keys.js'
import { cell, type Line, line, rule, span } from '../line.js'

/** The keys, and what every word on the screen means. */
export function helpPanel(width: number): Line[] {
  return [
    rule('Keys', width),
    ...keyBindings.flatMap(({ shown, long }) => entry(shown, long, 8, width)),
    rule('What the numbers mean', width),
    ...definitions.flatMap(([word, meaning]) => entry(word, meaning, 14, width)),
  ]
}

function entry(word: string, meaning: string, indent: number, width: number): Line[] {
  return wrapText(meaning, width - indent - 2).map((text, at) =>
    line(cell(at === 0 ? ` ${word}` : '', indent, 'strong', 'left'), span(` ${text}`)),
  )
}

const definitions: readonly (readonly [string, string])[] = [
  ['now', 'the big numbers cover the last 5 seconds of this phase; ▲ ▼ compare with the 5 before'],
  ['TPS', 'committed transactions per second'],
  [
    'latency',
    'of committed transactions, retries and back-off included; closed loop: from the first byte sent, open loop: from the intended start',
  ],
  ['RETRIES', 'attempts after the first, after a conflict that a retry can resolve; by SQLSTATE or error number'],
  ['ROLLED BACK', 'because the scenario asked for it'],
  ['FAILED', 'gave up, or an error that a retry cannot resolve; counted since the phase began'],
  ['per txn', 'per transaction that ended: committed, rolled back or failed'],
  ['charts', 'TPS is the mean, latency the worst p95 of each column; an earlier phase is dim'],
]
