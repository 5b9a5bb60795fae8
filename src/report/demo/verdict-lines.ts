import { serialPhrase } from '../../demo/explain/ending.js'
import type { DemoResult } from '../../demo/result.js'
import type { DemoOutcome } from '../../demo/verdict.js'
import { printable, wrapText } from '../../format.js'
import type { Paint } from '../paint.js'
import { answerTable } from './answer-table.js'
import { marks } from './matrix-words.js'

/** What a demo came to, why, and what that rests on. */
export function verdictLines(result: DemoResult, width: number, paint: Paint): readonly string[] {
  return [
    tones[result.outcome](paint)(`${marks[result.outcome]} ${verdict(result)}`),
    ...result.explanation.flatMap(sentence => bullet(sentence, width)),
    '',
    ...labelled('serializable', wrapText(serializability(result), width - labelWidth), paint),
    ...(result.rule === null ? [] : labelled('rule', wrapText(printable(ruleText(result)), width - labelWidth), paint)),
    ...(result.final === null ? [] : labelled('left', answerTable(result.final.columns, result.final.rows, width - labelWidth), paint)),
    ...Object.entries(result.unpinned).flatMap(([session, why]) =>
      labelled(
        'left to chance',
        wrapText(printable(`who loses a deadlock: the server refused the settings of ${session} (${why})`), width - labelWidth),
        paint,
      ),
    ),
  ]
}

/** As in `happens`, `error 40001`. */
function verdict({ outcome, codes }: DemoResult): string {
  return outcome === 'error' ? `error ${[...new Set(codes)].join(', ')}` : outcome
}

const tones: { readonly [outcome in DemoOutcome]: (paint: Paint) => (text: string) => string } = {
  happens: ({ bad }) => bad,
  error: ({ warn }) => warn,
  waits: ({ good }) => good,
  prevented: ({ good }) => good,
}

function serializability({ serializable, not_judged, serial_order }: DemoResult): string {
  if (serializable === null) return printable(`not judged: ${not_judged ?? ''}`)
  const phrase = serialPhrase(serial_order ?? [])
  return serializable ? `yes${phrase === null ? '' : `, ${phrase}`}` : 'no'
}

function ruleText({ rule, rule_held, rule_unread }: DemoResult): string {
  if (rule_held === null) return `? cannot be told (never read: ${rule_unread.join(', ')}): ${rule}`
  return `${rule_held ? '✓ kept' : '✗ broken'}: ${rule}`
}

const labelWidth = 14

function labelled(label: string, lines: readonly string[], paint: Paint): readonly string[] {
  const [first = '', ...rest] = lines
  const head =
    label.length < labelWidth ? [`${paint.strong(label.padEnd(labelWidth))}${first}`] : [paint.strong(label), `${indent}${first}`]
  return [...head, ...rest.map(line => `${indent}${line}`)]
}

const indent = ' '.repeat(labelWidth)

function bullet(sentence: string, width: number): readonly string[] {
  return wrapText(printable(sentence), width - 4).map((line, at) => `${at === 0 ? '  - ' : '    '}${line}`)
}
