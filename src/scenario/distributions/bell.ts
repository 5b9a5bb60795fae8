import type { Random } from '../random.js'

/** pgbench's random_gaussian: a normal distribution over a, …, b, its middle in theirs, cut off at ± `parameter` (2 or more) deviations. */
export function gaussian(random: Random, a: number, b: number, parameter: number): number {
  let deviation: number
  do {
    // Box and Muller, 1958; 1 - u is never zero.
    deviation = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.sin(2 * Math.PI * random.next())
  } while (deviation < -parameter || deviation >= parameter)
  return spread(a, b, (deviation + parameter) / (2 * parameter))
}

/** pgbench's random_exponential: the density falls by e^-`parameter` (above 0) from a to b. */
export function exponential(random: Random, a: number, b: number, parameter: number): number {
  const cut = Math.exp(-parameter)
  return spread(a, b, -Math.log(cut + (1 - cut) * (1 - random.next())) / parameter)
}

function spread(a: number, b: number, share: number): number {
  return Math.min(b, a + Math.floor((b - a + 1) * share))
}
