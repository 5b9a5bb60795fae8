/** Beyond this many different shapes of one reply, further ones are not kept. */
const mostShapes = 64

interface Shape<Reply> {
  readonly reply: Reply
  readonly failed: boolean
  count: number
}

/** The replies that came to one request, by their shape: how many rows, which command tag. */
export class Shapes<Reply> {
  readonly #shapes = new Map<string, Shape<Reply>>()

  /** @param make copies the reply: called for the first of each shape only */
  add(shape: string, failed: boolean, make: () => Reply): void {
    const known = this.#shapes.get(shape)
    if (known !== undefined) known.count++
    else if (this.#shapes.size < mostShapes) this.#shapes.set(shape, { reply: make(), failed, count: 1 })
  }

  /** The most frequent; an error only where there was never anything else. */
  usual(): Reply | null {
    const all = [...this.#shapes.values()].sort((a, b) => Number(a.failed) - Number(b.failed) || b.count - a.count)
    return all[0]?.reply ?? null
  }
}
