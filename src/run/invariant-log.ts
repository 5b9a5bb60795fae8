import type { Result } from '../measure/result.js'
import type { Invariant, InvariantMoment } from '../scenario/model.js'
import type { InvariantCheck } from '../verify/invariants.js'
import type { InvariantState } from './events.js'

type Entry = Result['invariants'][number]

/** Keeps what was found of every invariant: once broken, it stays broken, with the first finding that shows it. */
export class InvariantLog {
  readonly #entries: Map<string, Entry>

  constructor(invariants: readonly Invariant[]) {
    this.#entries = new Map(
      invariants.map(({ name }) => [name, { name, held: true, checks: 0, expected: '', found: '', when: '', at_s: null }]),
    )
  }

  /** @param at_s seconds since the load began; null before and after it */
  record(moment: InvariantMoment, at_s: number | null, checks: readonly InvariantCheck[]): void {
    for (const { name, held, expected, found } of checks) {
      const entry = this.#entries.get(name)
      if (entry === undefined) continue
      const finding = entry.held ? { held, expected, found, when: moment, at_s } : {}
      this.#entries.set(name, { ...entry, checks: entry.checks + 1, ...finding })
    }
  }

  get anyBroken(): boolean {
    return this.results().some(entry => !entry.held)
  }

  results(): Entry[] {
    return [...this.#entries.values()]
  }

  /** As the screen shows them. */
  states(): InvariantState[] {
    return this.results().map(entry => ({
      name: entry.name,
      status: entry.checks === 0 ? 'not checked yet' : entry.held ? 'held' : 'broken',
      checkedAt_s: entry.at_s,
      detail: entry.checks === 0 ? '' : entry.held ? entry.found : `found ${entry.found}, expected ${entry.expected}`,
    }))
  }
}
