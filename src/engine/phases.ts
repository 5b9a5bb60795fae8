import type { Phase } from '../scenario/model.js'

/** When one phase runs, in microseconds since the load's zero. `end` is null while it is bounded by transactions and not over. */
export interface PhaseWindow {
  readonly start: number
  readonly end: number | null
}

/** The largest number of clients that any phase has: so many sessions are opened. */
export function clientsOf(phases: readonly Phase[]): number {
  return Math.max(...phases.map(mostClients))
}

/** A ramp needs a duration; a phase that is bounded by transactions has all its clients from the start. */
export function mostClients({ clients }: Phase): number {
  return Math.max(clients.from, clients.to)
}

/**
 * When client `index` (from 0) takes part in a phase: `[from, to)` in microseconds since the phase began, null for never. Clients
 * join and leave linearly, always the one with the highest number.
 */
export function clientWindow(phase: Phase, index: number): { readonly from: number; readonly to: number } | null {
  const always = { from: 0, to: Number.POSITIVE_INFINITY }
  const { from, to } = phase.clients
  if (phase.durationMs === null || from === to) return index < mostClients(phase) ? always : null
  if (index < Math.min(from, to)) return always
  if (index >= Math.max(from, to)) return null
  const turn = Math.round(((index + 0.5 - from) / (to - from)) * phase.durationMs * 1000)
  return from < to ? { from: turn, to: Number.POSITIVE_INFINITY } : { from: 0, to: turn }
}

/** Clients 0 .. n−1 are dealt to the workers in turn, so that a ramp loads all of them alike. */
export function clientsOfWorker(clients: number, worker: number, workers: number): number[] {
  return Array.from({ length: clients }, (_, index) => index).filter(index => index % workers === worker)
}

/** How many arrivals may wait at one worker: ten seconds of them. */
export function backlogLimit(phase: Phase, workers: number): number {
  if (phase.rate === null) return 0
  return Math.max(1, Math.ceil((Math.max(phase.rate.from, phase.rate.to) * 10) / workers))
}

/** How many transactions this worker has to end before a phase that is bounded by them is over; Infinity for one that is not. */
export function transactionsOfWorker(phase: Phase, clients: readonly number[], mixes: readonly (object | null)[]): number {
  if (phase.transactions === null) return Number.POSITIVE_INFINITY
  const taking = clients.filter(index => index < mostClients(phase) && (phase.rate !== null || mixes[index] != null))
  return taking.length * phase.transactions
}

/** Clients that take part at a moment of a phase. */
export function activeClients(phase: Phase, sinceStartUs: number): number {
  return Array.from({ length: mostClients(phase) }, (_, index) => clientWindow(phase, index)).filter(
    window => window !== null && sinceStartUs >= window.from && sinceStartUs < window.to,
  ).length
}
