import { DatabaseError } from '../database/contract.js'
import { BrokenPromise, type CompiledTransaction } from '../scenario/program.js'
import type { Start } from './account.js'
import type { Client } from './client.js'
import type { WorkerContext } from './context.js'
import { Stopped } from './control.js'
import type { Arrival } from './dispatcher.js'
import type { Mix } from './mix.js'
import { clientWindow } from './phases.js'
import { runTransaction } from './transaction.js'

/** What a client does next. */
interface Job {
  readonly transaction: CompiledTransaction
  readonly start: Start
}

/**
 * Runs one client until the load is over, draining or stopped.
 *
 * @param mixes by phase and client, see mix.ts
 */
export async function runClient(context: WorkerContext, client: Client, mixes: readonly (readonly (Mix | null)[])[]): Promise<void> {
  for (;;) {
    const job = await nextJob(context, client, mixes)
    if (job === null) return
    const end = await runTransaction(context, client, job.transaction, job.start)
    if (client.abandoned) return
    if (end === 'committed') await afterCommit(context, client, job.transaction)
    countEnded(client, job.start.phase)
    context.onEnded(job.start.phase)
    if (job.start.intended === null && job.transaction.think !== null) {
      await context.control.pause(job.transaction.think(client.attempt))
    }
  }
}

/** Waits until there is something to do; null: never again. */
async function nextJob(context: WorkerContext, client: Client, mixes: readonly (readonly (Mix | null)[])[]): Promise<Job | null> {
  const { clock, timeline, control, phases, dispatcher } = context
  while (control.running) {
    const late = dispatcher.takeWaiting()
    if (late !== null) {
      const job = answer(context, client, late, mixes)
      if (job !== null) return job
      continue
    }
    const now = clock()
    const index = timeline.at(now)
    if (index === null) {
      if (timeline.over) return null
      await control.idleFor(Math.max(1, -now / 1000))
      continue
    }
    const phase = phases[index]
    const window = phase === undefined ? null : clientWindow(phase, client.index)
    const mix = mixes[index]?.[client.index] ?? null
    const since = now - timeline.windowOf(index).start
    if (phase === undefined || window === null || mix === null || since >= window.to) {
      await control.idleFor(Number.POSITIVE_INFINITY)
    } else if (since < window.from) {
      await control.idleFor((window.from - since) / 1000)
    } else if (phase.rate !== null) {
      const arrival = await dispatcher.take(timeline.windowOf(index).start + window.to)
      const job = arrival === null ? null : answer(context, client, arrival, mixes)
      if (job !== null) return job
    } else if (phase.transactions !== null && client.endedPhase === index && client.ended >= phase.transactions) {
      await control.idleFor(Number.POSITIVE_INFINITY)
    } else {
      const transaction = pick(context, client, mix)
      if (transaction.keying !== null) await control.pause(transaction.keying(client.attempt))
      const released = clock()
      // The keying time may have led into another phase, with another mix.
      if (control.running && timeline.at(released) === index) return { transaction, start: { phase: index, intended: null, released } }
    }
  }
  return null
}

/** The transaction for an arrival, unless it is too late for it already. */
function answer(context: WorkerContext, client: Client, arrival: Arrival, mixes: readonly (readonly (Mix | null)[])[]): Job | null {
  const { memory, latencyLimitUs, clock, dispatcher, timeline } = context
  const { phase, intended, released } = arrival
  memory.setGauge('backlog', dispatcher.waiting)
  const now = clock()
  if (latencyLimitUs !== null && now - intended > latencyLimitUs) {
    memory.countArrivals(phase, 'skipped')
    context.onEnded(phase)
    return null
  }
  if (timeline.at(now) === phase) memory.countArrivals(phase, 'taken')
  const mix = mixes[phase]?.[client.index] ?? mixes[phase]?.find(other => other !== null)
  if (mix == null) throw new TypeError('an arrival came in a phase without any transaction')
  return { transaction: pick(context, client, mix), start: { phase, intended, released } }
}

function pick(context: WorkerContext, client: Client, mix: Mix): CompiledTransaction {
  return context.program.transactions[mix.pick(client.attempt.random.next())] as CompiledTransaction
}

function countEnded(client: Client, phase: number): void {
  if (client.endedPhase !== phase) {
    client.endedPhase = phase
    client.ended = 0
  }
  client.ended++
}

/** Side effects outside the measured time: what fails here cannot undo the commit. */
async function afterCommit(context: WorkerContext, client: Client, transaction: CompiledTransaction): Promise<void> {
  if (transaction.afterCommit === null) return
  try {
    await transaction.afterCommit(client.attempt)
  } catch (error) {
    if (error instanceof Stopped || context.control.stopping) return
    if (error instanceof BrokenPromise)
      return context.report.broken({ kind: 'promise', message: error.message, transaction: transaction.name })
    if (!(error instanceof DatabaseError)) throw error
    context.report.notice('warning', `after_commit of ${transaction.name} failed: ${error.message}`)
    await client.attempt.session?.rollback().catch(() => client.attempt.session?.destroy())
  }
}
