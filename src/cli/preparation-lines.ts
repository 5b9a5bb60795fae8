import { printable } from '../format.js'
import type { RunListener } from '../run/events.js'
import type { OutputStream } from './context.js'

/** Tells of getting ready in plain lines: a step when it ends, and once a second while it goes on. */
export function preparationLines(stream: OutputStream): RunListener {
  let toldAt = 0
  return event => {
    if (event.kind === 'notice') stream.write(`${event.level === 'info' ? '' : `${event.level}: `}${printable(event.text)}\n`)
    if (event.kind !== 'preparation') return
    const { label, state, detail } = event.step
    const now = performance.now()
    if (state === 'running' && (detail === '' || now - toldAt < 1000)) return
    toldAt = now
    if (state !== 'failed') stream.write(`${printable(label)}: ${printable(detail)}${state === 'running' ? ' …' : ''}\n`)
  }
}
