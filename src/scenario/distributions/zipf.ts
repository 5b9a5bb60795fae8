import type { Random } from '../random.js'

export interface Zipf {
  readonly size: number
  readonly exponent: number
  draw(random: Random): number
}

/**
 * P(k) ∝ 1/k^s for k = 1, …, n and any s ≥ 0, by rejection-inversion: Hörmann and Derflinger, «Rejection-inversion to generate
 * variates from monotone discrete distributions», 1996. No table; fewer than 1.3 rounds per draw. In the names of the paper, H is
 * the integral of h(x) = x^-s.
 */
export function createZipf(size: number, exponent: number): Zipf {
  const h = (x: number) => Math.exp(-exponent * Math.log(x))
  const integral = (x: number) => {
    const log = Math.log(x)
    return expm1OverX((1 - exponent) * log) * log
  }
  const inverse = (u: number) => Math.exp(log1pOverX(Math.max(-1, u * (1 - exponent))) * u)

  const first = integral(1.5) - 1
  const last = integral(size + 0.5)
  // Below this distance from k the point is under the histogram's bar without a look at it.
  const certain = 2 - inverse(integral(2.5) - h(2))

  function draw(random: Random): number {
    while (true) {
      const u = last + random.next() * (first - last)
      const x = inverse(u)
      const k = Math.min(size, Math.max(1, Math.floor(x + 0.5)))
      if (k - x <= certain || u >= integral(k + 0.5) - h(k)) return k
    }
  }
  return { size, exponent, draw }
}

function log1pOverX(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.log1p(x) / x : 1 - x * (1 / 2 - x * (1 / 3 - x / 4))
}

function expm1OverX(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.expm1(x) / x : 1 + (x / 2) * (1 + (x / 3) * (1 + x / 4))
}
