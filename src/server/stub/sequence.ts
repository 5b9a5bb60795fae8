/** One reply that is sent over and over. */
export interface Piece {
  readonly bytes: Buffer
}

interface Step extends Piece {
  readonly next: Map<Piece, Step>
}

/** How many different sequences are kept. A load has few; whatever is beyond is put together anew each time. */
const mostSteps = 10_000

/** Puts replies that follow each other into one buffer, and keeps it: the same sequence is not put together twice. */
export class Sequences {
  readonly start: Step = { bytes: Buffer.alloc(0), next: new Map() }
  #steps = 0

  /** The sequence that ends with `piece`, after those before it. */
  add(before: Step, piece: Piece): Step {
    const known = before.next.get(piece)
    if (known !== undefined) return known
    const step: Step = { bytes: Buffer.concat([before.bytes, piece.bytes]), next: new Map() }
    if (this.#steps < mostSteps) {
      this.#steps++
      before.next.set(piece, step)
    }
    return step
  }
}

export type { Step }
