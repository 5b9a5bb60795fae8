import Big from 'big.js'
import mysql from 'mysql2'
import type { Value } from '../../../scenario/values.js'
import { longestPacket } from './packets.js'
import { PacketWriter } from './writer.js'

const command = { query: 0x03, prepare: 0x16, execute: 0x17, closeStatement: 0x19 } as const
const parameterCountAvailable = 8
const headerLength = 4

const { Types } = mysql

/** Where the next `executeRequest` is written; one for the thread, since it is sent before another is made. */
export const scratch = new PacketWriter()

/** @param attributes whether query attributes were negotiated: the server then expects their number, which is none */
export function queryRequest(text: string, attributes: boolean): Buffer {
  return textRequest(attributes ? [command.query, 0, 1] : [command.query], text)
}

export function prepareRequest(text: string): Buffer {
  return textRequest([command.prepare], text)
}

/** It has no answer, and may stand before another request in one write. */
export function closeRequest(statement: number): Buffer {
  const request = Buffer.from([5, 0, 0, 0, command.closeStatement, 0, 0, 0, 0])
  request.writeUInt32LE(statement, headerLength + 1)
  return request
}

/**
 * The execution of a prepared statement, every parameter with its type, so that arithmetic on the server stays exact. The types are sent
 * each time: to leave them out where they are those of last time saved nothing that could be measured.
 *
 * @returns a view of `scratch`, or several packets where one does not hold it all
 * @throws TypeError for a value that MySQL does not have
 */
export function executeRequest(statement: number, parameters: readonly Value[], attributes: boolean): Buffer {
  const count = parameters.length
  scratch.begin()
  scratch.uint32(0)
  scratch.uint8(command.execute)
  scratch.uint32(statement)
  scratch.uint8(attributes ? parameterCountAvailable : 0)
  scratch.uint32(1)
  if (attributes) scratch.lengthEncoded(count)
  if (count > 0) {
    const nulls = scratch.at
    scratch.zeros((count + 7) >> 3)
    // The types follow.
    scratch.uint8(1)
    for (let index = 0; index < count; index++) {
      const type = typeOf(parameters[index] ?? null)
      if (type === Types.NULL) scratch.bytes[nulls + (index >> 3)] = (scratch.bytes[nulls + (index >> 3)] ?? 0) | (1 << (index & 7))
      scratch.uint8(type)
      scratch.uint8(0)
      // No name.
      if (attributes) scratch.uint8(0)
    }
    for (let index = 0; index < count; index++) writeValue(parameters[index] ?? null)
  }
  return sealed(scratch.written())
}

function typeOf(value: Value): number {
  if (typeof value === 'number') return Types.LONGLONG
  if (typeof value === 'string') return Types.VAR_STRING
  if (value === null) return Types.NULL
  if (typeof value === 'boolean') return Types.TINY
  return value instanceof Big ? Types.NEWDECIMAL : Types.DOUBLE
}

function writeValue(value: Value): void {
  if (typeof value === 'number') writeInteger(value)
  else if (typeof value === 'string') scratch.text(value)
  else if (typeof value === 'boolean') scratch.uint8(value ? 1 : 0)
  else if (value instanceof Big) scratch.text(value.toFixed())
  else if (value !== null) writeFloat(value)
}

function writeInteger(value: number): void {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not an exact integer`)
  scratch.int64(value)
}

function writeFloat(value: Exclude<Value, number | string | boolean | null | Big>): void {
  if (!('float' in value)) throw new TypeError('a list cannot be a parameter on MySQL: bind its items with :name...')
  scratch.double(value.float)
}

function textRequest(head: readonly number[], text: string): Buffer {
  return sealed(Buffer.concat([Buffer.alloc(headerLength), Buffer.from(head), Buffer.from(text)]))
}

/** Fills in the header, for which there is room in front. */
function sealed(packet: Buffer): Buffer {
  const length = packet.length - headerLength
  if (length >= longestPacket) return inSeveral(packet.subarray(headerLength))
  packet.writeUInt32LE(length, 0)
  return packet
}

/** The last packet is shorter than the longest, if need be empty: so the server knows that it is the last. */
function inSeveral(payload: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (let start = 0, sequence = 0; start <= payload.length; start += longestPacket, sequence++) {
    const piece = payload.subarray(start, start + longestPacket)
    const header = Buffer.alloc(headerLength)
    header.writeUIntLE(piece.length, 0, 3)
    header[3] = sequence & 0xff
    pieces.push(header, piece)
  }
  return Buffer.concat(pieces)
}

/** The number that the first packet of the answer has: they go on counting where the request stopped. */
export function answerSequence(request: Buffer): number {
  return (Math.floor(request.length / (headerLength + longestPacket)) + 1) & 0xff
}
