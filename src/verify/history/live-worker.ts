import { parentPort } from 'node:worker_threads'
import { OltpError } from '../../errors.js'
import type { History } from '../../measure/history.js'
import type { TimeSpan } from '../../measure/spans.js'
import { LiveChecker, type LiveFindings } from './live.js'
import type { LiveAnswer, LiveTask } from './live-in-worker.js'

/** The thread that looks at histories while they grow. */
const checkers: LiveChecker[] = []
parentPort?.on('message', ({ parts, measured }: LiveTask) => {
  const begun = performance.now()
  const findings = parts.map((ofOne, index) => {
    checkers[index] ??= new LiveChecker()
    return lookAt(checkers[index], ofOne, measured)
  })
  const answer: LiveAnswer = { findings, tookMs: performance.now() - begun }
  parentPort?.postMessage(answer)
})

function lookAt(checker: LiveChecker, parts: readonly History[], measured: readonly TimeSpan[]): LiveFindings | null {
  try {
    return checker.look(parts, measured)
  } catch (error) {
    // It is said in the end.
    if (error instanceof OltpError) return null
    throw error
  }
}
