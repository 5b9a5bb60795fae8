import { parentPort, workerData } from 'node:worker_threads'
import type { SessionOptions } from '../database/contract.js'
import { openDatabase } from '../database/open.js'
import { compileProgram } from '../scenario/compile.js'
import { watchGarbageCollection } from './gc-watch.js'
import { type FromWorker, type ToWorker, toPlainError, type WorkerSetup } from './messages.js'
import { currentThread } from './run-queue.js'
import { sessionOptions } from './session-options.js'
import { Vitals } from './vitals.js'
import { runWorker } from './worker-load.js'

/** A load thread. It ends by itself when its load is through. */
const port = parentPort
if (port === null) throw new Error('engine/worker.js runs as a worker thread only')
const setup: WorkerSetup = workerData
const post = (message: FromWorker, move: readonly ArrayBuffer[] = []) => port.postMessage(message, move)
try {
  const vitals = new Vitals(setup.vitals)
  vitals.runsAs(currentThread())
  watchGarbageCollection(vitals)
  const { plan } = setup
  const options: SessionOptions = sessionOptions(plan)
  const database = await openDatabase(plan.target.engine)
  const program = compileProgram(plan.scenario, plan.dialect)
  await runWorker(setup, program, () => database.connect(plan.target, options), {
    post,
    listen: handler => port.on('message', (message: ToWorker) => handler(message)),
  })
} catch (error) {
  post({ kind: 'failed', error: toPlainError(error) })
} finally {
  port.close()
}
