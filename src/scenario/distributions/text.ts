import type { Random } from '../random.js'

/** Random lower-case letters. */
export function randomLetters(random: Random, length: number): string {
  return randomCharacters(random, length, letterPairs)
}

/** Random decimal digits. */
export function randomDigits(random: Random, length: number): string {
  return randomCharacters(random, length, digitPairs)
}

/** A version 4 UUID (RFC 9562) of the stream. */
export function randomUuid(random: Random): string {
  const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0')
  const [a, b, c, d] = [hex(random.word()), random.word(), random.word(), hex(random.word())]
  const [second, third] = [hex((b & 0xffff0fff) | 0x4000), hex((c & 0x3fffffff) | 0x80000000)]
  return `${a}-${second.slice(0, 4)}-${second.slice(4)}-${third.slice(0, 4)}-${third.slice(4)}${d}`
}

const letterPairs = pairs('abcdefghijklmnopqrstuvwxyz')
const digitPairs = pairs('0123456789')

function pairs(alphabet: string): readonly string[] {
  return [...alphabet].flatMap(first => [...alphabet].map(second => first + second))
}

// Four characters per draw: long texts are most of what seeding computes.
function randomCharacters(random: Random, length: number, table: readonly string[]): string {
  const size = table.length
  const combinations = size * size
  let text = ''
  while (text.length < length) {
    const drawn = random.integer(0, combinations - 1)
    text += (table[Math.floor(drawn / size)] ?? '') + (table[drawn % size] ?? '')
  }
  return text.length === length ? text : text.slice(0, length)
}
