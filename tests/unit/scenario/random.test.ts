import { describe, expect, it } from 'vitest'
import { createRandom, Random, type RandomState } from '#oltp/scenario/random.js'
import { countDraws, distance, misfit, normalized } from '../../support/goodness.js'

describe('a random stream', () => {
  it('gives the numbers of the reference implementation', () => {
    // xoshiro128starstar.c of prng.di.unimi.it, state 1, 2, 3, 4.
    const random = new Random([1, 2, 3, 4])
    expect([random.word(), random.word(), random.word(), random.word()]).toEqual([11520, 0, 5927040, 70819200])
  })

  it('is the same for the same seed and name, and another for another', () => {
    const first = (seed: number, stream: string | number) => createRandom(seed, stream).next()
    expect(first(1, 'a')).toBe(first(1, 'a'))
    expect(new Set([first(1, 'a'), first(2, 'a'), first(1, 'b'), first(1, 1), first(1, 2), first(0, 0), first(-1, 0)]).size).toBe(7)
  })

  it('draws the very same values after a restore', () => {
    const random = createRandom(7, 1)
    random.next()
    const saved: RandomState = [0, 0, 0, 0]
    random.save(saved)
    const draw = () => Array.from({ length: 20 }, () => [random.next(), random.integer(1, 1000), random.word()])
    const first = draw()
    random.restore(saved)
    expect(draw()).toEqual(first)
    expect(draw()).not.toEqual(first)
  })

  it('is uniform over [0, 1)', () => {
    const random = createRandom(1, 'uniform')
    const samples = Array.from({ length: 20_000 }, () => random.next())
    expect(Math.min(...samples)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...samples)).toBeLessThan(1)
    expect(distance(samples, x => x)).toBeLessThan(2)
    expect(distance(samples, x => x ** 1.1)).toBeGreaterThan(2)
  })

  it('is uniform over integers', () => {
    const random = createRandom(1, 'integers')
    expect(
      misfit(
        countDraws(100, 100_000, () => random.integer(1, 100)),
        normalized(new Array(100).fill(1)),
      ),
    ).toBeLessThan(3.5)
  })

  it('is unbiased where a plain remainder would not be', () => {
    // 3 · 2^30 values out of 2^32: a remainder alone would draw the first third twice as often.
    const random = createRandom(1, 'bias')
    const size = 3 * 2 ** 30
    const third = () => Math.floor(random.integer(0, size - 1) / 2 ** 30) + 1
    expect(misfit(countDraws(3, 30_000, third), normalized([1, 1, 1]))).toBeLessThan(3.5)
    const biased = () => Math.floor((random.word() % size) / 2 ** 30) + 1
    expect(misfit(countDraws(3, 30_000, biased), normalized([1, 1, 1]))).toBeGreaterThan(10)
  })

  it('draws integers by the remainder of a word below the largest multiple of their number', () => {
    const plain = (random: Random, size: number) => {
      const limit = 2 ** 32 - (2 ** 32 % size)
      let word = random.word()
      while (word >= limit) word = random.word()
      return word % size
    }
    const sizes = [1, 2, 3, 10, 1000, 99_999, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 3 * 2 ** 30, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32]
    const [one, other] = [createRandom(1, 'same'), createRandom(1, 'same')]
    for (let round = 0; round < 200; round++) {
      for (const size of sizes) expect(one.integer(-7, size - 8) + 7).toBe(plain(other, size))
    }
    // Both have thrown away as many words.
    expect(one.word()).toBe(other.word())
  })

  it('covers 2^53 integers', () => {
    const random = createRandom(1, 'wide')
    const wide = Array.from({ length: 20_000 }, () => random.integer(0, 2 ** 53 - 1))
    expect(wide.every(Number.isSafeInteger)).toBe(true)
    expect(distance(wide, x => x / 2 ** 53)).toBeLessThan(2)
    const odd = Array.from({ length: 20_000 }, () => random.integer(-(2 ** 40), 2 ** 40))
    expect(distance(odd, x => (x + 2 ** 40) / 2 ** 41)).toBeLessThan(2)
    expect(random.integer(5, 5)).toBe(5)
  })
})
