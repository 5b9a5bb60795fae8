import type { Random } from '../random.js'

/** Draws four characters at once, one in each byte, the first in the lowest: long texts are most of what seeding computes. */
export type Alphabet = (random: Random) => number

// Written out for either size, since to divide by a constant takes a quarter of the time; what is drawn is `random.integer(0, size - 1)`.

export const digits: Alphabet = random => {
  const word = random.word()
  if (word >= 4_294_960_000) return digits(random)
  const drawn = word % 10_000
  const high = (drawn / 100) | 0
  return (digitPairs[high] ?? 0) | ((digitPairs[drawn - high * 100] ?? 0) << 16)
}

export const letters: Alphabet = random => {
  const word = random.word()
  if (word >= 4_294_660_448) return letters(random)
  const drawn = word % 456_976
  const high = (drawn / 676) | 0
  return (letterPairs[high] ?? 0) | ((letterPairs[drawn - high * 676] ?? 0) << 16)
}

const digitPairs = pairs('0123456789')
const letterPairs = pairs('abcdefghijklmnopqrstuvwxyz')

function pairs(characters: string): Uint16Array {
  const codes = [...characters].map(character => character.charCodeAt(0))
  return Uint16Array.from(codes.flatMap(first => codes.map(second => first | (second << 8))))
}

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

function drawInto(bytes: Uint8Array, start: number, length: number, alphabet: Alphabet, random: Random): void {
  const end = start + length
  for (let at = start; at < end; at += 4) {
    const four = alphabet(random)
    bytes[at] = four
    if (at + 1 < end) bytes[at + 1] = four >> 8
    if (at + 2 < end) bytes[at + 2] = four >> 16
    if (at + 3 < end) bytes[at + 3] = four >> 24
  }
}
