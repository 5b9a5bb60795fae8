import type { DemoResult } from '../../demo/result.js'
import { printable, wrapText } from '../../format.js'
import { formatValue } from '../../scenario/format-value.js'
import { isolationLevels } from '../../scenario/model.js'
import { beside, cell, type Line, line, lineWidth, rule, type Span, span } from '../line.js'
import { spinner } from '../spinner.js'
import { tableLines } from './answer-table.js'
import { banner } from './banner.js'
import type { DemoView, Verdict } from './model.js'
import { meaningOf, outcomeLooks, outcomeWords } from './outcome.js'
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
  if (width < wideFrom || view.large) return [...big, ...whyLines(verdict.result, width), [], ...more(width)]
  const left = Math.floor((width - gap) / 2)
  const right = width - gap - left
  return [
    ...big,
    ...beside(
      [
        { lines: whyLines(verdict.result, left), width: left },
        { lines: more(right), width: right },
      ],
      gap,
    ),
  ]
}

function bigWords(result: DemoResult, width: number, tall: boolean): Line[] {
  const { mark, style } = outcomeLooks[result.outcome]
  const words = result.outcome === 'error' ? `error ${result.codes[0] ?? ''}` : result.outcome
  const letters = tall ? banner(words, width - 8) : null
  const said = span(meaningOf(result), 'dim')
  if (letters === null) return [[], line(span(`  ${mark}  ${words.toUpperCase()}   `, style), said), []]
  return [[], ...letters.map((row, at) => line(span(`  ${at === 2 ? mark : ' '}  ${row}`, style))), [], line(span('   '), said), []]
}

function whyLines(result: DemoResult, width: number): Line[] {
  return [
    ...result.explanation.flatMap(sentence => wrapText(printable(sentence), width - 2).map(text => line(span(` ${text}`)))),
    [],
    ...findingLines(result, width),
    ...Object.entries(result.unpinned).flatMap(([session, reason]) =>
      wrapText(printable(`! ${session} could not be kept from losing or made to lose a deadlock: ${reason}`), width - 2).map(text =>
        line(span(` ${text}`, 'warn')),
      ),
    ),
  ]
}

/** The rule, serializability and what is left: in one row where there is room. */
function findingLines(result: DemoResult, width: number): Line[] {
  const left = result.final === null ? [] : tableLines(result.final, width - 2, mostLeft)
  const [names, values] = left
  const single = left.length === 2 && names !== undefined && values !== undefined
  const found = [...ruleFinding(result), serialFinding(result)]
  const inline = single ? line(span('left: ', 'dim'), ...pairs(result.final)) : null
  const row = [...found, ...(inline === null ? [] : [inline])].flatMap(each => [span(' '), ...each, span('  ')])
  if (lineWidth(row) <= width && (single || left.length === 0)) return [row]
  return [
    ...found.flatMap(each => wrapLine(each, width - 1).map(part => [span(' '), ...part])),
    ...(inline !== null
      ? [[span(' '), ...inline]]
      : left.length === 0
        ? []
        : [line(span(' left:', 'dim')), ...left.map(each => [span('  '), ...each])]),
  ]
}

const mostLeft = 6

function ruleFinding({ rule: text, rule_held: held, rule_unread: unread }: DemoResult): Line[] {
  if (held === null) return text === null ? [] : [line(span(`? rule cannot be told (never read: ${printable(unread.join(', '))})`, 'warn'))]
  return [line(held ? span('✓ rule kept', 'good') : span('✗ rule broken', 'bad'))]
}

function serialFinding({ serializable, serial_order: order, not_judged: reason }: DemoResult): Line {
  if (serializable === null) return line(span(`· not judged for serializability: ${printable(reason ?? '')}`, 'dim'))
  if (!serializable) return line(span('✗ not serializable', 'bad'))
  return line(span(order === null || order.length === 0 ? '✓ serializable' : `✓ serializable: ${order.join(', then ')}`, 'good'))
}

function pairs(final: DemoResult['final']): Span[] {
  return (final?.columns ?? []).map((name, at) =>
    span(`${at === 0 ? '' : ', '}${name} ${formatValue(final?.rows[0]?.[at] ?? null)}`, 'strong'),
  )
}

function wrapLine(of: Line, width: number): Line[] {
  return of.flatMap(({ text, style }) => wrapText(text, width).map(part => line(span(part, style))))
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
