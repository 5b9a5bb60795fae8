import { fitTo, formatClock, formatCount } from '../../format.js'
import { fitLine, justify, type Line, line, lineWidth, progressBar, type Span, span } from '../line.js'
import type { Status, ViewModel } from '../model.js'
import type { Style } from '../theme.js'

/** Where we are: the scenario, the server, the state and the clock. The state stays whole; the target gives way first. */
export function titleLine(model: ViewModel, width: number, frozen: boolean): Line {
  const { scenario, server, target, seed } = model.title
  const clock = model.total_s === null ? formatClock(model.elapsed_s) : `${formatClock(model.elapsed_s)} / ${formatClock(model.total_s)}`
  const state = frozen ? span(' FROZEN ', 'status') : span(model.status, statusStyles[model.status])
  const right = line(state, span(`  ${fitTo(clock, clockWidth(model), 'right')} `))
  const name = line(
    ...(width >= 100 ? [span(' oltp ', 'dim')] : []),
    span(` ${scenario}`, 'strong'),
    ...optional(server),
    ...optional(target, 'dim'),
  )
  const note = seed === null ? '' : `  seed ${seed}`
  const seedFits = lineWidth(name) + note.length + 2 + lineWidth(right) <= width
  return justify([...name, span(seedFits ? note : '', 'dim')], [span('  '), ...right], width)
}

/** How far: the phase, who runs in it, and a bar. */
export function phaseLine(model: ViewModel, width: number): Line {
  if (model.message !== null) return fitLine(line(span(` ${model.message}`, 'warn')), width)
  const { phase, phases } = model
  const names: Line = width >= 100 ? allPhases(model) : currentPhase(model)
  const who = `   ${formatCount(model.clients.now)} ${model.clients.now === 1 ? 'client' : 'clients'}  ${model.loop}${backlogOf(model)}   `
  const percent = phase.fraction === null ? '' : fitTo(`${Math.floor(phase.fraction * 100)}%`, 5, 'right')
  const left = fitLine(line(...names, span(who)), Math.min(lineWidth(names) + who.length, width - 16))
  const bar =
    phases.length === 0 || phase.fraction === null ? [] : progressBar(phase.fraction, Math.max(0, width - lineWidth(left) - 6), 'tps')
  return fitLine([...left, ...bar, span(percent)], width)
}

function currentPhase({ phases, phase }: ViewModel): Span[] {
  const name = phases[phase.index]?.name
  return name === undefined ? [] : [span(` ${name}`, 'strong'), span(` ${phase.index + 1}/${phases.length}`, 'dim')]
}

function allPhases(model: ViewModel): Span[] {
  const { phases, phase } = model
  if (phases.length > 6) return currentPhase(model)
  return phases.flatMap(({ name }, at) => {
    if (at < phase.index) return [span(` ${name} ✓ `, 'dim')]
    return at === phase.index ? [span(` ${name} `, 'strong'), span(`${at + 1}/${phases.length} `, 'dim')] : [span(` ${name} `, 'dim')]
  })
}

function backlogOf({ backlog }: ViewModel): string {
  return backlog === 0 ? '' : `  ${formatCount(backlog)} waiting`
}

// As wide as it will ever be, so that nothing moves when the minutes get a second digit.
function clockWidth({ total_s }: ViewModel): number {
  return total_s === null ? 7 : 2 * formatClock(total_s).length + 3
}

function optional(text: string, style: Style = 'plain'): Span[] {
  return text === '' ? [] : [span(`  ${text}`, style)]
}

const statusStyles: { readonly [status in Status]: Style } = {
  PREPARING: 'warn',
  'WARM-UP': 'warn',
  RUNNING: 'tpsStrong',
  STOPPING: 'latencyStrong',
  FINISHING: 'warn',
  DONE: 'tpsStrong',
  STOPPED: 'latencyStrong',
}
