import { turn } from './inline-load.js'

/** Holds all answers until it is opened: what a test lets go is not a matter of time. */
export class Gate {
  private waiting: (() => void)[] = []
  private isOpen = false

  get arrived(): number {
    return this.waiting.length
  }

  pass(): Promise<void> {
    return this.isOpen ? turn() : new Promise(resolve => this.waiting.push(resolve))
  }

  open(): void {
    this.isOpen = true
    for (const go of this.waiting.splice(0)) go()
  }
}

/** Turn after turn, until it holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}
