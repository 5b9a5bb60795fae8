import { Worker } from 'node:worker_threads'
import { exitCodes, OltpError } from '../../errors.js'
import { buffersOf, type FinalLists, type History } from '../../measure/history.js'
import type { TimeSpan } from '../../measure/spans.js'
import type { HistoryVerdict } from './check.js'

export interface CheckerTask {
  readonly parts: readonly History[]
  readonly finals: FinalLists | null
  readonly measured: readonly TimeSpan[]
}

export type CheckerAnswer =
  | { readonly kind: 'verdict'; readonly verdict: HistoryVerdict }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly hint: string }

/**
 * Has a thread of its own check a history. The arrays move there: the caller has them no more.
 *
 * @throws OltpError as `checkHistory` does
 */
export async function checkInWorker(task: CheckerTask): Promise<HistoryVerdict> {
  const transferList = [...task.parts, ...(task.finals === null ? [] : [task.finals])].flatMap(buffersOf)
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: task, transferList })
  const answer = await new Promise<CheckerAnswer>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', code => reject(new Error(`the thread that checks a history ended without a word (exit ${code})`)))
  })
  await worker.terminate()
  if (answer.kind === 'verdict') return answer.verdict
  throw new OltpError(answer.code, exitCodes.usage, answer.message, { hint: answer.hint })
}
