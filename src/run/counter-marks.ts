import type { Phase } from '../scenario/model.js'

/** What counters lost in a time that is measured, and how long that was. */
export interface MeasuredLoss {
  readonly lost: number
  readonly seconds: number
}

/**
 * What the counters of one check had lost when measured phases began and ended: what is lost in between is lost while the load is
 * measured. A mark is known to within the commits that were in flight when it was made, and counts from that moment.
 */
export class CounterMarks {
  private readonly phases: readonly Phase[]
  private lost = 0
  private us = 0
  private open: { readonly lost: number; readonly at: number } | null = null
  private known = true

  constructor(phases: readonly Phase[]) {
    this.phases = phases
  }

  /** Whether a mark is to be made when this phase begins. */
  needsMark(index: number): boolean {
    return this.isMeasured(index) !== this.isMeasured(index - 1)
  }

  /** @param at microseconds since the load's zero; @param lost by then; null: nobody could say */
  mark(index: number, at: number, lost: number | null): void {
    if (lost === null) this.known = false
    if (this.isMeasured(index)) this.open = { lost: lost ?? 0, at }
    else this.close(at, lost ?? 0)
  }

  /** null: not known. @param at now, or the end of the last measured phase; @param lost by now */
  until(at: number, lost: number): MeasuredLoss | null {
    if (!this.known) return null
    const since = this.open
    return {
      lost: this.lost + (since === null ? 0 : Math.max(0, lost - since.lost)),
      seconds: (this.us + (since === null ? 0 : Math.max(0, at - since.at))) / 1e6,
    }
  }

  private close(at: number, lost: number): void {
    if (this.open === null) return
    this.lost += Math.max(0, lost - this.open.lost)
    this.us += at - this.open.at
    this.open = null
  }

  private isMeasured(index: number): boolean {
    return this.phases[index]?.measure === true
  }
}
