import type { Scene } from '../../demo/player.js'
import { printable } from '../../format.js'
import { justify, type Line, line, type Span, span } from '../line.js'
import { spinner } from '../spinner.js'
import type { DemoView } from './model.js'

/** What is told, where, at which level, and how far: two rows. */
export function headerLines(view: DemoView, width: number): Line[] {
  const { demo, scene } = view
  const { product, version } = scene.server
  return [
    justify(
      line(span(` ${printable(demo.title)}`, 'strong'), span(demo.names.length === 0 ? '' : `  ${demo.names.join(', ')}`, 'dim')),
      line(span('  '), span(`${product} ${version} `)),
      width,
    ),
    justify(tellingSpans(view), line(span('  '), ...levelSpans(scene), span('   '), ...progressSpans(view), span(' ')), width),
  ]
}

/** The least that must be known, in one row. */
export function shortHeader(view: DemoView, width: number): Line {
  const { product, version } = view.scene.server
  const { variant } = view.scene.telling
  const told = view.busy === null ? [span(` ${[view.demo.name, variant].filter(Boolean).join(', ')}`, 'strong')] : tellingSpans(view)
  const left = line(...told, span(`  ${product} ${version}`), span('  '), ...levelSpans(view.scene))
  return justify(left, line(span('  '), ...progressSpans(view), span(' ')), width)
}

/** What is under way, else which telling this is. */
function tellingSpans({ demo, scene, busy, frame }: DemoView): Span[] {
  if (busy !== null) return [span(` ${spinner(frame)} ${busy}`, 'warn')]
  const variant = demo.variants.find(({ name }) => name === scene.telling.variant)
  if (variant === undefined) return [span(` ${demo.name}`, 'dim')]
  return [span(` ${variant.fix ? 'fix' : 'variant'}: `, 'dim'), span(printable(variant.title), variant.fix ? 'good' : 'latency')]
}

/** Sessions with a level of their own are told from the others in their columns. */
function levelSpans({ isolation }: Scene): Span[] {
  return [span(isolation, 'latencyStrong')]
}

function progressSpans({ scene: { state }, page, playing }: DemoView): Span[] {
  const taken = state.next ?? state.facts.length
  return [
    ...(playing ? [span(' PLAYING ', 'status'), span(' ')] : []),
    page === 'verdict' ? span('verdict', 'strong') : span(`step ${taken} of ${state.facts.length}`),
  ]
}
