import type { DemoResult } from '../../demo/result.js'
import { printable, wrapText } from '../../format.js'
import { isolationLevels } from '../../scenario/model.js'
import { beside, cell, type Line, line, rule, type Span, span } from '../line.js'
import { spinner } from '../spinner.js'
import type { Style } from '../theme.js'
import { tableLines } from './answer-table.js'
import { banner } from './banner.js'
import type { DemoView, Verdict } from './model.js'
import { outcomeLooks, outcomeWords } from './outcome.js'
import { variantsThere } from './tellings.js'

const gap = 3
/** From which width on the other levels and the fixes stand beside the verdict. */
const wideFrom = 110
/** From which height on there is room for big letters. */
const tallFrom = 30

/** The last screen: what it came to and why, what the other levels do, and the ways out. All its lines, however high the screen is. */
export function verdictPanel(view: DemoView, width: number, rows: number): Line[] {
  const { verdict } = view
  if (verdict === null) return []
  const big = bigWords(verdict.result, width, view.large || rows >= tallFrom)
  const more = (columns: number) => [...levelLines(view, verdict, columns), ...fixLines(view, columns)]
  if (width < wideFrom || view.large) return [...big, ...whyLines(view, verdict.result, width), [], ...more(width)]
  const left = Math.floor((width - gap) / 2)
  const right = width - gap - left
  return [
    ...big,
    ...beside(
      [
        { lines: whyLines(view, verdict.result, left), width: left },
        { lines: more(right), width: right },
      ],
      gap,
    ),
  ]
}

function bigWords(result: DemoResult, width: number, tall: boolean): Line[] {
  const { mark, style, meaning } = outcomeLooks[result.outcome]
  const words = result.outcome === 'error' ? `error ${result.codes[0] ?? ''}` : result.outcome
  const letters = tall ? banner(words, width - 8) : null
  const said = line(span(`   ${printable(meaning)}`, 'dim'))
  if (letters === null) return [[], line(span(`  ${mark}  ${words.toUpperCase()} `, style)), said, []]
  return [[], ...letters.map((row, at) => line(span(`  ${at === 2 ? mark : ' '}  ${row}`, style))), [], said, []]
}

function whyLines({ scene }: DemoView, result: DemoResult, width: number): Line[] {
  const left = result.final === null ? [] : tableLines(result.final, width - labelWidth, 6)
  return [
    ...result.explanation.flatMap(sentence => wrapText(printable(sentence), width - 2).map(text => line(span(` ${text}`)))),
    [],
    ...(result.rule === null ? [] : fact('rule', ...ruleWords(result), width)),
    ...fact('serial', ...serialWords(result), width),
    ...left.map((each, at) => [label(at === 0 ? 'left' : ''), ...each]),
    ...Object.entries(scene.plot.levels).flatMap(([session, level]) => fact(session, `always ${level}`, 'dim', width)),
  ]
}

const labelWidth = 9

function label(text: string): Span {
  return cell(` ${text}`, labelWidth, 'dim', 'left')
}

function fact(name: string, words: string, style: Style, width: number): Line[] {
  return wrapText(printable(words), width - labelWidth).map((text, row) => line(label(row === 0 ? name : ''), span(text, style)))
}

function ruleWords({ rule: text, rule_held: held }: DemoResult): [string, Style] {
  return held ? [`✓ kept: ${text}`, 'good'] : [`✗ broken: ${text}`, 'bad']
}

function serialWords({ serializable, serial_order: order, not_judged: reason }: DemoResult): [string, Style] {
  if (serializable === null) return [`· not judged: ${reason}`, 'dim']
  if (!serializable) return ['✗ not serializable: no order, one after the other, reads and leaves the same', 'bad']
  const ran = order === null || order.length === 0 ? 'nothing was committed' : `as if ${order.join(', then ')} had run`
  return [`✓ serializable: ${ran}`, 'good']
}

function levelLines({ scene, frame }: DemoView, { levels }: Verdict, width: number): Line[] {
  const { product, version } = scene.server
  return [
    rule(`Every level, on ${product} ${version}`, width),
    ...isolationLevels.map(level => {
      const here = level === scene.isolation
      const name = [span(here ? ' ▸ ' : '   ', 'tpsStrong'), cell(level, 18, here ? 'strong' : 'plain', 'left')]
      return [...name, ...levelCell(levels.get(level), frame)]
    }),
  ]
}

function levelCell(found: DemoResult | string | null | undefined, frame: number): Span[] {
  if (found === undefined) return [span('·', 'dim')]
  if (found === null) return [span(spinner(frame), 'warn')]
  if (typeof found === 'string') return [span(`– ${printable(found)}`, 'dim')]
  const { mark, style } = outcomeLooks[found.outcome]
  return [span(`${mark} ${outcomeWords(found)}`, style)]
}

function fixLines({ demo, scene }: DemoView, width: number): Line[] {
  const fixes = variantsThere(demo, scene.server.dialect, true)
  if (fixes.length === 0) return []
  const at = fixes.findIndex(({ name }) => name === scene.telling.variant)
  const body = fixes.flatMap(({ title, cost }, index) => {
    const mark = index === at ? ' ▸ ' : index === at + 1 ? ' f ' : '   '
    return [
      line(span(mark, 'tpsStrong'), span(printable(title), index === at ? 'strong' : 'plain')),
      ...wrapText(printable(`costs: ${cost ?? ''}`), width - 5).map(text => line(span(`     ${text}`, 'dim'))),
    ]
  })
  return [rule('Ways out', width, 'f shows the next'), ...body]
}
