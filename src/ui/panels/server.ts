import { displayWidth, formatBytes, formatCount, formatPercent, formatRate } from '../../format.js'
import { type Line, line, span } from '../line.js'
import type { ViewModel } from '../model.js'
import type { ServerFigures } from '../server.js'

/** What the server says of itself, as much as fits whole. */
export function serverLine({ server }: ViewModel, width: number): Line {
  const parts = server ? describe(server) : ['has not said anything yet']
  const fitting = parts.filter((_, at) => displayWidth(parts.slice(0, at + 1).join(' · ')) <= width - 9)
  return line(span(' Server ', 'title'), span(fitting.join(' · '), 'dim'))
}

function describe(figures: ServerFigures): string[] {
  const { lockWaiting, walBytesPerSecond, checkpoints, cacheMisses, deadlocks, rowLockWaitsPerSecond, dirtyPages } = figures
  return [
    lockWaiting === null ? '' : `${formatCount(lockWaiting)} waiting for locks`,
    walBytesPerSecond === null ? '' : `WAL ${formatBytes(walBytesPerSecond)}/s`,
    cacheMisses === null ? '' : `cache misses ${formatPercent(cacheMisses)}`,
    checkpoints === null ? '' : `${formatCount(checkpoints)} ${checkpoints === 1 ? 'checkpoint' : 'checkpoints'}`,
    deadlocks === null ? '' : `${formatCount(deadlocks)} ${deadlocks === 1 ? 'deadlock' : 'deadlocks'}`,
    rowLockWaitsPerSecond === null ? '' : `${formatRate(rowLockWaitsPerSecond)} row-lock waits/s`,
    dirtyPages === null ? '' : `${formatCount(dirtyPages)} dirty pages`,
  ].filter(text => text !== '')
}
