import { createRandom, type Random } from '../random.js'

/** TPC-C 2.1.6: NURand(A, x, y) = (((rand(0, A) | rand(x, y)) + C) mod (y - x + 1)) + x. All below 2^31. */
export function nurand(random: Random, a: number, x: number, y: number, constant: number): number {
  return (((random.integer(0, a) | random.integer(x, y)) + constant) % (y - x + 1)) + x
}

/**
 * C for one A, the same throughout a load or a run. For A = 255 (customers' last names) TPC-C 2.1.6.1 wants the constants of
 * load and run to differ by 65 to 119, but not by 96 or 112.
 */
export function nurandConstant(seed: number, a: number, use: 'load' | 'run'): number {
  const random = createRandom(seed, `nurand/${a}`)
  const load = random.integer(0, a)
  if (a !== 255 || use === 'load') return load
  while (true) {
    const run = random.integer(0, a)
    const difference = Math.abs(run - load)
    if (difference >= 65 && difference <= 119 && difference !== 96 && difference !== 112) return run
  }
}
