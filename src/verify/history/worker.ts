import { parentPort, workerData } from 'node:worker_threads'
import { OltpError } from '../../errors.js'
import { checkHistory } from './check.js'
import type { CheckerAnswer, CheckerTask } from './in-worker.js'

/** The thread that checks one history: it takes seconds, and nobody shall wait for it who draws or measures. */
const { parts, finals, measured }: CheckerTask = workerData
const answer = (): CheckerAnswer => {
  try {
    return { kind: 'verdict', verdict: checkHistory(parts, finals, measured) }
  } catch (error) {
    if (!(error instanceof OltpError)) throw error
    return { kind: 'refused', code: error.code, message: error.message, hint: error.hint ?? '' }
  }
}
parentPort?.postMessage(answer())
