import type { ByteReader } from './reader.js'

interface Point {
  readonly x: number
  readonly y: number
}

type Shape = Point | readonly Shape[] | null

const point = 1
const lineString = 2
const polygon = 3
const collection = 7
/** The number of the reference system, which stands in front. */
const referenceLength = 4

/** A geometry in the server's own format as JSON: a point as `{"x":1,"y":2}`, all else as lists of these; null when it is empty. */
export function decodeGeometry(reader: ByteReader): string | null {
  const length = reader.lengthEncoded()
  const end = reader.at + length
  reader.at += referenceLength
  const shape = length > referenceLength ? decodeShape(reader) : null
  reader.at = end
  return shape === null ? null : JSON.stringify(shape)
}

function decodeShape(reader: ByteReader): Shape {
  // Both servers write the byte order of Intel, whatever the machine.
  reader.at += 1
  const type = reader.uint32()
  if (type === point) return decodePoint(reader)
  if (type === lineString) return decodeList(reader, decodePoint)
  if (type === polygon) return decodeList(reader, () => decodeList(reader, decodePoint))
  return type <= collection ? decodeList(reader, decodeShape) : null
}

function decodeList(reader: ByteReader, decodeItem: (reader: ByteReader) => Shape): readonly Shape[] {
  return Array.from({ length: reader.uint32() }, () => decodeItem(reader))
}

function decodePoint(reader: ByteReader): Point {
  return { x: reader.double(), y: reader.double() }
}
