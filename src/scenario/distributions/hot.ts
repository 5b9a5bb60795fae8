import type { Random } from '../random.js'

/** The first `keys` (a share, above 0) of the range a, …, b, one key at least, gets `hits` (a share) of the draws; uniform within each part. */
export function hot(random: Random, a: number, b: number, keys: number, hits: number): number {
  const size = b - a + 1
  const hotSize = Math.min(size, Math.max(1, Math.round(size * keys)))
  const isHot = random.next() < hits
  if (hotSize === size) return random.integer(a, b)
  return isHot ? random.integer(a, a + hotSize - 1) : random.integer(a + hotSize, b)
}
