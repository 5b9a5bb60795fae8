import { DatabaseError } from '../database/contract.js'
import { BrokenPromise, type CompiledTransaction } from '../scenario/program.js'
import type { Start } from './account.js'
import type { Arrival } from './backlog.js'
import type { Client } from './client.js'
import type { WorkerContext } from './context.js'
import { Stopped } from './control.js'
import type { Mix } from './mix.js'
import { runTransaction } from './transaction.js'
import { type Turn, turnsOf } from './turns.js'

/** What a client does next; `look again` after waiting in vain, `done` when nothing can come any more. */
type Next = { readonly transaction: CompiledTransaction; readonly start: Start } | 'look again' | 'done'

/**
 * Runs one client until the load is over, draining or stopped.
 *
 * @param mixes by phase and client, see mix.ts
 */
export async function runClient(context: WorkerContext, client: Client, mixes: readonly (readonly (Mix | null)[])[]): Promise<void> {
  const turns = turnsOf(context.phases, client.index, mixes)
  for (;;) {
    const found = nextJob(context, client, turns, mixes)
    const next = found instanceof Promise ? await found : found
    if (next === 'done') return
    if (next === 'look again') {
      client.freeSince = null
      continue
    }
    const { transaction, start } = next
    const end = await runTransaction(context, client, transaction, start)
    if (client.account.abandoned) return
    client.freeSince = client.account.endedAt
    if (end === 'committed' && transaction.afterCommit !== null) {
      await runAfterCommit(context, client, transaction, transaction.afterCommit)
      client.freeSince = null
    }
    countEnded(client, start.phase)
    context.onEnded(start.phase)
    if (start.intended === null && transaction.think !== null) {
      await context.control.pause(transaction.think(client.attempt))
      client.freeSince = null
    }
  }
}

/** A promise only where there is something to wait for: in a closed loop the next transaction is there at once. */
function nextJob(
  context: WorkerContext,
  client: Client,
  turns: readonly (Turn | null)[],
  mixes: readonly (readonly (Mix | null)[])[],
): Next | Promise<Next> {
  const { timeline, control, dispatcher } = context
  if (!control.running) return 'done'
  const now = client.freeSince ?? context.clock()
  const late = dispatcher.takeWaiting()
  if (late !== null) return answer(context, client, late, now, mixes)
  const index = timeline.at(now)
  if (index === null) return timeline.over ? 'done' : idle(context, Math.max(1, -now / 1000))
  const turn = turns[index] ?? null
  const { start } = timeline.windowOf(index)
  if (turn === null || now - start >= turn.to) return idle(context, Number.POSITIVE_INFINITY)
  if (now - start < turn.from) return idle(context, (start + turn.from - now) / 1000)
  if (turn.open) return nextArrival(context, client, start + turn.to, mixes)
  if (client.endedPhase === index && client.ended >= turn.transactions) return idle(context, Number.POSITIVE_INFINITY)
  const transaction = pick(context, client, turn.mix)
  if (transaction.keying !== null) return key(context, client, transaction, transaction.keying, index)
  return { transaction, start: { phase: index, intended: null, released: now, heldUp: 0 } }
}

async function idle(context: WorkerContext, ms: number): Promise<Next> {
  await context.control.idleFor(ms)
  return 'look again'
}

async function nextArrival(
  context: WorkerContext,
  client: Client,
  until: number,
  mixes: readonly (readonly (Mix | null)[])[],
): Promise<Next> {
  const arrival = await context.dispatcher.take(until)
  return arrival === null ? 'look again' : answer(context, client, arrival, arrival.released, mixes)
}

async function key(
  context: WorkerContext,
  client: Client,
  transaction: CompiledTransaction,
  keying: NonNullable<CompiledTransaction['keying']>,
  phase: number,
): Promise<Next> {
  const { control, timeline } = context
  await control.pause(keying(client.attempt))
  const released = context.clock()
  // The keying time may have led into another phase, with another mix.
  const stays = control.running && timeline.at(released) === phase
  return stays ? { transaction, start: { phase, intended: null, released, heldUp: 0 } } : 'look again'
}

/** The transaction for an arrival, unless it is too late for it already. */
function answer(context: WorkerContext, client: Client, arrival: Arrival, now: number, mixes: readonly (readonly (Mix | null)[])[]): Next {
  const { memory, latencyLimitUs, dispatcher, timeline } = context
  const { phase, intended } = arrival
  memory.setGauge('backlog', dispatcher.waiting)
  if (latencyLimitUs !== null && now - intended > latencyLimitUs) {
    memory.countArrivals(phase, 'skipped')
    context.onEnded(phase)
    return 'look again'
  }
  if (timeline.at(now) === phase) memory.countArrivals(phase, 'taken')
  const mix = mixes[phase]?.[client.index] ?? mixes[phase]?.find(other => other !== null)
  if (mix == null) throw new TypeError('an arrival came in a phase without any transaction')
  return { transaction: pick(context, client, mix), start: arrival }
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
async function runAfterCommit(
  context: WorkerContext,
  client: Client,
  transaction: CompiledTransaction,
  steps: NonNullable<CompiledTransaction['afterCommit']>,
): Promise<void> {
  try {
    await steps(client.attempt)
  } catch (error) {
    if (error instanceof Stopped || context.control.stopping) return
    if (error instanceof BrokenPromise)
      return context.report.broken({ kind: 'promise', message: error.message, transaction: transaction.name })
    if (!(error instanceof DatabaseError)) throw error
    context.report.notice('warning', `after_commit of ${transaction.name} failed: ${error.message}`)
    await client.attempt.session?.rollback().catch(() => client.attempt.session?.destroy())
  }
}
