import type { Session } from '../database/contract.js'
import { buffersOf } from '../measure/history.js'
import type { Program } from '../scenario/program.js'
import { CheckBook, mostRecorded } from './check-book.js'
import { Connector } from './connector.js'
import { Control } from './control.js'
import { ErrorTable } from './error-table.js'
import { type Channel, type Standing, toPlainError, type WorkerSetup } from './messages.js'
import { clientsOf, clientsOfWorker } from './phases.js'
import { RunningLoad } from './running-load.js'
import { TallyBook } from './tally-book.js'

const concurrentConnects = 4

/**
 * The load of one worker thread: connects its clients, runs them through the phases, posts what does not fit into shared memory.
 * Resolves when everything is counted and all sessions are closed.
 */
export async function runWorker(setup: WorkerSetup, program: Program, connect: () => Promise<Session>, channel: Channel): Promise<void> {
  const { plan, worker } = setup
  const control = new Control()
  const errors = new ErrorTable()
  const tallies = new TallyBook(program.tallies.length)
  const { checks: wanted } = plan.scenario
  const checks = wanted.length === 0 ? null : new CheckBook(wanted, Math.ceil(mostRecorded / plan.threads))
  const connector = new Connector(connect, control, concurrentConnects)
  const standing = (): Standing => ({ sums: tallies.read(), counts: checks?.counts() ?? [] })
  const indexes = clientsOfWorker(clientsOf(plan.scenario.phases), worker, plan.threads)
  let begin: (zero: bigint | null) => void = () => {}
  const begun = new Promise<bigint | null>(resolve => {
    begin = resolve
  })
  let running: RunningLoad | null = null
  channel.listen(message => {
    if (message.kind === 'start') begin(message.zero)
    else if (message.kind === 'phase') running?.beginPhase(message.index, message.start)
    else if (message.kind === 'standing') channel.post({ kind: 'standing', request: message.request, standing: standing() })
    else if (message.kind === 'recent') {
      const histories = checks?.recent() ?? []
      channel.post({ kind: 'recent', request: message.request, histories }, histories.flatMap(buffersOf))
    } else {
      if (message.kind === 'drain') control.drain()
      else control.stop()
      running?.changed()
      begin(null)
    }
  })

  const connecting = performance.now()
  const sessions = await connectAll(connector, control, indexes.length).catch((error: unknown) => {
    channel.post({ kind: 'failed', error: toPlainError(error) })
    return []
  })
  if (sessions.length === indexes.length) {
    channel.post({ kind: 'ready', connectMs: performance.now() - connecting })
    const zero = await begun
    if (zero !== null) {
      running = new RunningLoad(setup, program, { control, errors, tallies, checks, connector, channel, indexes, sessions, zero })
      await running.run()
    } else await Promise.all(sessions.map(session => session.end()))
  }
  channel.post({ kind: 'done', rows: errors.rows(), standing: standing(), checks: checks?.records() ?? [] })
}

async function connectAll(connector: Connector, control: Control, count: number): Promise<Session[]> {
  const attempts = await Promise.allSettled(
    Array.from({ length: count }, async () => {
      if (control.stopping) throw new Error('another client could not connect')
      try {
        return await connector.once()
      } catch (error) {
        control.stop()
        throw error
      }
    }),
  )
  const failure = attempts.find(one => one.status === 'rejected')
  if (failure === undefined) return attempts.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
  for (const one of attempts) if (one.status === 'fulfilled') one.value.destroy()
  throw failure.reason
}
