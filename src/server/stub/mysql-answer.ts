import { marker, readNumber, status } from './mysql-wire.js'

const payload = 4
/** An EOF packet is shorter than any row that begins with the same byte. */
const longestEof = 9

/** Reads the packets of one answer until it is complete. */
export class AnswerReader {
  /** The server refused. */
  failed = false
  /** The server asks for a file: no reply alone answers that. */
  conversation = false
  /** The flags that were said last. */
  status: number | null = null
  /** Where status flags are in `bytes`. */
  readonly statusAt: number[] = []
  /** How many rows there were, or how many were changed. */
  rows = 0
  readonly #packets: Buffer[] = []
  readonly #deprecateEof: boolean
  #size = 0
  #expects: 'prepared' | 'header' | 'definitions' | 'rows'
  /** Packets of definitions that are still to come. */
  #left = 0
  #ofStatement = false

  /** @param deprecateEof the peers agreed to leave out most EOF packets */
  constructor(kind: 'prepare' | 'execute' | 'query' | 'other', deprecateEof: boolean) {
    this.#expects = kind === 'prepare' ? 'prepared' : 'header'
    this.#deprecateEof = deprecateEof
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#packets)
  }

  get packets(): number {
    return this.#packets.length
  }

  /** @returns whether this was the last one */
  read(bytes: Buffer): boolean {
    const at = this.#size
    this.#packets.push(bytes)
    this.#size += bytes.length
    switch (this.#expects) {
      case 'prepared':
        return this.#prepared(bytes)
      case 'header':
        return this.#header(bytes, at)
      case 'definitions':
        return this.#definition(bytes, at)
      case 'rows':
        return this.#row(bytes, at)
    }
  }

  #prepared(bytes: Buffer): boolean {
    if (bytes[payload] === marker.error) return this.#refused()
    const columns = bytes.readUInt16LE(payload + 5)
    const parameters = bytes.readUInt16LE(payload + 7)
    const eof = (count: number) => (count > 0 && !this.#deprecateEof ? 1 : 0)
    this.#left = columns + eof(columns) + parameters + eof(parameters)
    this.#expects = 'definitions'
    this.#ofStatement = true
    return this.#left === 0
  }

  #header(bytes: Buffer, at: number): boolean {
    const first = bytes[payload]
    if (first === marker.error) return this.#refused()
    if (first === marker.localFile) {
      this.conversation = true
      return true
    }
    if (first === marker.ok || first === marker.end) return this.#ended(bytes, at, first === marker.ok)
    const [columns] = readNumber(bytes, payload)
    this.#left = columns + (this.#deprecateEof ? 0 : 1)
    this.#expects = 'definitions'
    return false
  }

  #definition(bytes: Buffer, at: number): boolean {
    this.#left--
    if (bytes[payload] === marker.end && bytes.length - payload < longestEof) this.#note(bytes, at, payload + 3)
    if (this.#left > 0) return false
    this.#expects = 'rows'
    return this.#ofStatement
  }

  #row(bytes: Buffer, at: number): boolean {
    const first = bytes[payload]
    if (first === marker.error) return this.#refused()
    const last = first === marker.end && (this.#deprecateEof ? bytes.length - payload < 0xffffff : bytes.length - payload < longestEof)
    if (last) return this.#ended(bytes, at, this.#deprecateEof)
    this.rows++
    return false
  }

  /** @param ok it is laid out as an OK packet, else as an EOF packet */
  #ended(bytes: Buffer, at: number, ok: boolean): boolean {
    let flagsAt = payload + 3
    if (ok) {
      const [affected, afterAffected] = readNumber(bytes, payload + 1)
      const [, afterInsertId] = readNumber(bytes, afterAffected)
      this.rows += affected
      flagsAt = afterInsertId
    }
    this.#note(bytes, at, flagsAt)
    this.#expects = 'header'
    return ((this.status ?? 0) & status.moreResults) === 0
  }

  #note(bytes: Buffer, at: number, flagsAt: number): void {
    this.status = bytes.readUInt16LE(flagsAt)
    this.statusAt.push(at + flagsAt)
  }

  #refused(): boolean {
    this.failed = true
    return true
  }
}
