import type { RunReporter } from './context.js'
import { type FromWorker, toPlainError } from './messages.js'

const mostNotices = 20

/** Tells the main thread; `stop` is called for what the run cannot survive. The same notice is given once. */
export function createReporter(channel: { post(message: FromWorker): void }, stop: () => void): RunReporter {
  const given = new Set<string>()
  const end = (message: FromWorker) => {
    channel.post(message)
    stop()
  }
  return {
    broken: broken => end({ kind: 'broken', broken }),
    fatal: error => end({ kind: 'failed', error: toPlainError(error) }),
    failed: error => end({ kind: 'failed', error: toPlainError(error) }),
    notice(level, text) {
      if (given.has(text) || given.size >= mostNotices) return
      given.add(text)
      channel.post({ kind: 'notice', level, text })
    },
  }
}
