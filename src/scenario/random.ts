/**
 * A stream of random numbers: xoshiro128** (Blackman and Vigna, 2018). Its whole state is four words, cheap to save before a
 * transaction and to restore for its retry, which then draws the very same values.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  /** @param state four words, not all zero; see `createRandom` */
  constructor(state: RandomState) {
    this.#a = state[0]
    this.#b = state[1]
    this.#c = state[2]
    this.#d = state[3]
  }

  /** 32 random bits, as an unsigned integer. */
  word(): number {
    const b = this.#b
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9)
    this.#c ^= this.#a
    this.#d ^= b
    this.#b = b ^ this.#c
    this.#a ^= this.#d
    this.#c ^= b << 9
    this.#d = rotate(this.#d, 11)
    return result >>> 0
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  next(): number {
    return ((this.word() >>> 5) * 0x4000000 + (this.word() >>> 6)) / 0x20000000000000
  }

  /** Uniform over lo, …, hi, which hold at most 2^53 integers; unbiased, by rejection. */
  integer(lo: number, hi: number): number {
    const size = hi - lo + 1
    if (size === 0x100000000) return lo + this.word()
    if (size < 0x100000000) {
      // Both operands unsigned 32-bit integers: the remainder of doubles takes ten times as long.
      const divisor = size >>> 0
      while (true) {
        const word = this.word()
        const rest = word % divisor
        // Else the word lies in the last run of them, which is incomplete.
        if (word - rest <= 0x100000000 - size) return lo + rest
      }
    }
    const limit = 0x20000000000000 - (0x20000000000000 % size)
    let bits = (this.word() >>> 11) * 0x100000000 + this.word()
    while (bits >= limit) bits = (this.word() >>> 11) * 0x100000000 + this.word()
    return lo + (bits % size)
  }

  save(into: RandomState): void {
    into[0] = this.#a
    into[1] = this.#b
    into[2] = this.#c
    into[3] = this.#d
  }

  restore(from: RandomState): void {
    this.#a = from[0]
    this.#b = from[1]
    this.#c = from[2]
    this.#d = from[3]
  }
}

/** What `save` fills and `restore` reads; `[0, 0, 0, 0]` is fine to begin with. */
export type RandomState = [number, number, number, number]

/**
 * The stream of that name or number under a seed. Streams of one seed are independent of each other; the same seed and name
 * give the same stream, on every machine.
 */
export function createRandom(seed: number, stream: string | number): Random {
  let state = mix(BigInt(Math.trunc(seed))) ^ fnv1a(String(stream))
  const word = () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n)
    return mix(state)
  }
  const [high, low] = [word() | 1n, word()]
  return new Random([low32(high), low32(high >> 32n), low32(low), low32(low >> 32n)])
}

/** The finalizer of splitmix64 (Steele, Lea and Flood, 2014). */
function mix(value: bigint): bigint {
  let z = BigInt.asUintN(64, value)
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n)
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn)
  return z ^ (z >> 31n)
}

function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash
}

function low32(value: bigint): number {
  return Number(BigInt.asIntN(32, value))
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by))
}
