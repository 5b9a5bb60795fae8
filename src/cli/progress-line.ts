import { printable, truncate } from '../format.js'
import type { OutputStream } from './context.js'

/** Between two lines where there is no terminal. */
const patienceMs = 5_000

export interface ProgressLine {
  show(text: string): void
  /** Takes the line away again. */
  clear(): void
}

/** One line that says how far it is: written over on a terminal, a new one now and then elsewhere. */
export function progressLine(stream: OutputStream, now = () => performance.now()): ProgressLine {
  let told = now()
  return {
    show(text) {
      if (stream.isTTY === true) stream.write(`\r\u001b[K${truncate(printable(text), (stream.columns ?? 80) - 1)}`)
      else if (now() - told >= patienceMs) {
        told = now()
        stream.write(`${printable(text)}\n`)
      }
    },
    clear() {
      if (stream.isTTY === true) stream.write('\r\u001b[K')
    },
  }
}
