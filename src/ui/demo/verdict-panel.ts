import type { DemoResult } from '../../demo/result.js'
import { printable, wrapText } from '../../format.js'
import { formatValue } from '../../scenario/format-value.js'
import { isolationLevels } from '../../scenario/model.js'
import { beside, cell, type Line, line, lineWidth, rule, type Span, span } from '../line.js'
import { spinner } from '../spinner.js'
import type { Style } from '../theme.js'
import { tableLines } from './answer-table.js'
import { banner } from './banner.js'
import type { DemoView, Verdict } from './model.js'
import { meaningOf, outcomeLooks, outcomeWords } from './outcome.js'
import { variantsThere } from './tellings.js'

const gap = 3
/** Narrower than this, the other levels and the ways out stand below the explanation, else beside it. */
const wideFrom = 76
/** As wide as a level with what came of it. */
const leastBeside = 35
/** From which height on there is room for big letters. */
const tallFrom = 30

/** The last screen: what it came to and why, what the other levels do, and the ways out. All its lines, however high the screen is. */
export function verdictPanel(view: DemoView, width: number, rows: number): Line[] {
  const { verdict } = view
  if (verdict === null) return []
  const top = [...bigWords(verdict.result, width, view.large || rows >= tallFrom), ...findingLines(verdict.result, width), []]
  const more = (columns: number) => [...levelLines(view, verdict, columns), ...fixLines(view, columns)]
  if (width < wideFrom) return [...top, ...whyLines(verdict.result, width), [], ...more(width)]
  // The narrower the screen, the more of it is for sentences.
  const right = Math.max(leastBeside, Math.floor(width * 0.5) - Math.max(0, 110 - width))
  const left = width - gap - right
  const columns = [
    { lines: whyLines(verdict.result, left), width: left },
    { lines: more(right), width: right },
  ]
  return [...top, ...beside(columns, gap)]
}

function bigWords(result: DemoResult, width: number, tall: boolean): Line[] {
  const { mark, style } = outcomeLooks[result.outcome]
  const words = result.outcome === 'error' ? `error ${result.codes[0] ?? ''}` : result.outcome
  const letters = tall ? banner(words, width - 8) : null
  const said = span(meaningOf(result), 'dim')
  if (letters === null) return [[], line(span(`  ${mark}  ${words.toUpperCase()}   `, style), said), []]
  return [[], ...letters.map((row, at) => line(span(`  ${at === 2 ? mark : ' '}  ${row}`, style))), [], line(span('   '), said), []]
}

/** The rule, serializability and, as far as that is one row, what is left: in one line where there is room. */
function findingLines(result: DemoResult, width: number): Line[] {
  const { final } = result
  const left = final?.rows.length === 1 ? [line(span('left: ', 'dim'), ...pairs(final))] : []
  const inLine = (findings: readonly Line[]) => findings.flatMap(each => [span(' '), ...each, span('  ')])
  const found = [...ruleFinding(result), serialFinding(result)]
  const all = inLine([...found, ...left])
  return lineWidth(all) <= width + 2 ? [all] : [inLine(found), ...left.map(each => inLine([each]))]
}

function whyLines(result: DemoResult, width: number): Line[] {
  const { explanation, not_judged: reason, unpinned, final } = result
  const paragraph = (text: string, style: Style) => wrapText(printable(text), width - 2).map(part => line(span(` ${part}`, style)))
  const left = final === null || final.rows.length === 1 ? [] : tableLines(final, width - 2, mostLeft).map(each => [span('  '), ...each])
  return [
    ...explanation.flatMap(sentence => paragraph(sentence, 'plain')),
    ...(left.length === 0 ? [] : [[], line(span(' left:', 'dim')), ...left]),
    ...(reason === null ? [] : [[], ...paragraph(`not judged for serializability: ${reason}`, 'dim')]),
    ...Object.entries(unpinned).flatMap(([session, why]) =>
      paragraph(`! ${session} could not be kept from losing or made to lose a deadlock: ${why}`, 'warn'),
    ),
  ]
}

const mostLeft = 6

function ruleFinding({ rule: text, rule_held: held, rule_unread: unread }: DemoResult): Line[] {
  if (held === null) return text === null ? [] : [line(span(`? rule cannot be told (never read: ${printable(unread.join(', '))})`, 'warn'))]
  return [line(held ? span('✓ rule kept', 'good') : span('✗ rule broken', 'bad'))]
}

function serialFinding({ serializable, serial_order: order }: DemoResult): Line {
  if (serializable === null) return line(span('· not judged for serializability', 'dim'))
  if (!serializable) return line(span('✗ not serializable', 'bad'))
  return line(span(order === null || order.length === 0 ? '✓ serializable' : `✓ serializable: ${order.join(', then ')}`, 'good'))
}

function pairs(final: DemoResult['final']): Span[] {
  return (final?.columns ?? []).map((name, at) =>
    span(`${at === 0 ? '' : ', '}${name} ${formatValue(final?.rows[0]?.[at] ?? null)}`, 'strong'),
  )
}

function levelLines({ scene, frame }: DemoView, { levels }: Verdict, width: number): Line[] {
  const { product, version } = scene.server
  return [
    rule(`Every level, on ${product} ${version}`, width),
    ...isolationLevels.map(level => {
      const here = level === scene.isolation
      const name = [span(here ? ' ▸ ' : '   ', 'tpsStrong'), cell(level, 17, here ? 'strong' : 'plain', 'left')]
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
      ...wrapText(printable(title), width - 3).map((text, row) =>
        line(span(row === 0 ? mark : '   ', 'tpsStrong'), span(text, index === at ? 'strong' : 'plain')),
      ),
      ...wrapText(printable(`costs: ${cost ?? ''}`), width - 5).map(text => line(span(`     ${text}`, 'dim'))),
    ]
  })
  return [rule('Ways out', width, 'f shows the next'), ...body]
}
