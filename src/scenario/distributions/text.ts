import type { Random } from '../random.js'

/** Characters in pairs, two bytes each: four characters per draw, since long texts are most of what seeding computes. */
export interface Alphabet {
  readonly pairs: Uint8Array
  /** How many draws there are: the number of pairs, squared. */
  readonly combinations: number
}

export const letters = alphabet('abcdefghijklmnopqrstuvwxyz')
export const digits = alphabet('0123456789')

/** Random characters, so many of them. */
export interface RandomText {
  readonly alphabet: Alphabet
  readonly length: number
}

/** Random characters of an alphabet. */
export function randomText(random: Random, { alphabet, length }: RandomText): string {
  if (scratch.length < length) scratch = Buffer.alloc(length)
  drawInto(scratch, 0, length, alphabet, random)
  return scratch.toString('latin1', 0, length)
}

/**
 * Makes texts of which some parts are random and the others always the same, in one go: what `randomText` for one part after the other gives.
 *
 * @param parts fixed ones hold no character beyond U+00FF
 */
export function createTextPattern(parts: readonly (string | RandomText)[]): (random: Random) => string {
  const drawn: (RandomText & { readonly at: number })[] = []
  let end = 0
  for (const part of parts) {
    if (typeof part !== 'string') drawn.push({ ...part, at: end })
    end += part.length
  }
  const bytes = Buffer.from(parts.map(part => (typeof part === 'string' ? part : ' '.repeat(part.length))).join(''), 'latin1')
  return random => {
    for (const { at, length, alphabet } of drawn) drawInto(bytes, at, length, alphabet, random)
    return bytes.toString('latin1')
  }
}

/** A version 4 UUID (RFC 9562) of the stream. */
export function randomUuid(random: Random): string {
  const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0')
  const [a, b, c, d] = [hex(random.word()), random.word(), random.word(), hex(random.word())]
  const [second, third] = [hex((b & 0xffff0fff) | 0x4000), hex((c & 0x3fffffff) | 0x80000000)]
  return `${a}-${second.slice(0, 4)}-${second.slice(4)}-${third.slice(0, 4)}-${third.slice(4)}${d}`
}

let scratch = Buffer.alloc(256)

function alphabet(characters: string): Alphabet {
  const pairs = [...characters].flatMap(first => [...characters].map(second => first + second))
  return { pairs: Buffer.from(pairs.join(''), 'latin1'), combinations: pairs.length ** 2 }
}

function drawInto(bytes: Uint8Array, start: number, length: number, { pairs, combinations }: Alphabet, random: Random): void {
  const count = pairs.length >> 1
  const end = start + length
  for (let at = start; at < end; at += 4) {
    const drawn = random.integer(0, combinations - 1) | 0
    const high = (drawn / count) | 0
    const first = high << 1
    const second = (drawn - high * count) << 1
    bytes[at] = pairs[first] ?? 0
    if (at + 1 < end) bytes[at + 1] = pairs[first + 1] ?? 0
    if (at + 2 < end) bytes[at + 2] = pairs[second] ?? 0
    if (at + 3 < end) bytes[at + 3] = pairs[second + 1] ?? 0
  }
}
