import { createRandom } from '../random.js'

/** The largest size that 32-bit arithmetic permutes. */
export const largestPermutation = 0xffffffff

export interface Permutation {
  readonly size: number
  readonly seed: number
  /** Of any integer; what counts is its remainder by the size. */
  at(value: number): number
}

/**
 * A permutation of 0, …, size - 1, as pgbench's `permute`: six rounds of multiplying, flipping and rotating the lower and the
 * mirrored upper power of two, each round shifted along the whole range. Nothing is drawn: a seed names one permutation.
 *
 * @param size 1 to `largestPermutation`
 */
export function createPermutation(size: number, seed: number): Permutation {
  const bits = 31 - Math.clz32(size)
  const mask = 2 ** bits - 1
  const random = createRandom(seed, 'permute')
  const rounds = Array.from({ length: 6 }, () => ({
    lower: { factor: (random.word() & mask) | 1, flip: random.word() & mask },
    upper: { factor: (random.word() & mask) | 1, flip: random.word() & mask },
    offset: random.integer(0, size - 1),
  }))

  function scramble(value: number, keys: { readonly factor: number; readonly flip: number }): number {
    const mixed = ((Math.imul(value, keys.factor) ^ keys.flip) & mask) >>> 0
    return bits === 0 ? 0 : (((mixed << 1) & mask) | (mixed >>> (bits - 1))) >>> 0
  }

  function at(value: number): number {
    if (size < 2) return 0
    let v = ((value % size) + size) % size
    for (const { lower, upper, offset } of rounds) {
      if (v <= mask) v = scramble(v, lower)
      const mirrored = size - 1 - v
      if (mirrored <= mask) v = size - 1 - scramble(mirrored, upper)
      v = (v + offset) % size
    }
    return v
  }
  return { size, seed, at }
}
