import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeValue } from '#oltp/database/postgres/values.js'
import { bindHead, RequestWriter } from '#oltp/database/postgres/wire/request.js'
import type { Value } from '#oltp/scenario/values.js'

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.string({ unit: 'binary' }),
  fc.string({ maxLength: 200 }),
  fc.boolean(),
  fc.constant(null),
  fc.double().map(float => ({ float })),
  fc.tuple(fc.maxSafeInteger(), fc.nat(10)).map(([digits, places]) => new Big(digits).div(new Big(10).pow(places))),
)
const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 5 }))

const edges: readonly Value[] = [
  ...[0, -0, 1, 9, 10, 99, 100, 12_345, 999_999_999, 1_000_000_000, 2_147_483_647, 2_147_483_648, 9_007_199_254_740_991].flatMap(n => [
    n,
    -n,
  ]),
  ...['', 'x'.repeat(48), 'x'.repeat(49), `${'x'.repeat(47)}é`, 'é', '✓', '😀', 'a\0b', '\uD800', 'x'.repeat(100_000)],
  ...[null, true, false, new Big('-1e-20'), { float: Number.NaN }, { float: -0 }, [1, null, ['a"\\']], []],
]

function write(statement: string, parameters: readonly Value[], writer = new RequestWriter()): Buffer {
  writer.reset()
  writer.bind(bindHead(statement), parameters)
  return Buffer.from(writer.take())
}

/** Reads a Bind message, and nothing else, the way that the protocol's description has it. */
function readBind(bytes: Buffer) {
  let at = 0
  const take = (length: number) => {
    at += length
    return bytes.subarray(at - length, at)
  }
  const int16 = () => take(2).readInt16BE()
  const int32 = () => take(4).readInt32BE()
  const cstring = () => {
    const text = bytes.toString('utf8', at, bytes.indexOf(0, at))
    at += Buffer.byteLength(text) + 1
    return text
  }
  const type = take(1).toString()
  const length = int32()
  const [portal, statement, formats] = [cstring(), cstring(), int16()]
  const parameters = Array.from({ length: take(2).readUInt16BE() }, () => {
    const size = int32()
    return size < 0 ? null : take(size).toString('utf8')
  })
  return { type, length: length + 1, portal, statement, formats, parameters, resultFormats: int16(), end: at }
}

const expected = (statement: string, parameters: readonly Value[], bytes: Buffer) => ({
  type: 'B',
  length: bytes.length,
  portal: '',
  statement,
  formats: 0,
  parameters: parameters.map(parameter => encodeValue(parameter)?.replaceAll(/\p{Surrogate}/gu, '\uFFFD') ?? null),
  resultFormats: 0,
  end: bytes.length,
})

describe('Bind', () => {
  it.each(edges.map(edge => [edge]))('carries %j', edge => {
    const bytes = write('o_x', [edge])
    expect(readBind(bytes)).toEqual(expected('o_x', [edge], bytes))
  })

  it('carries any values, whatever was written before them', () => {
    const writer = new RequestWriter()
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), parameters => {
        const bytes = write('o_statement', parameters, writer)
        expect(readBind(bytes)).toEqual(expected('o_statement', parameters, bytes))
      }),
    )
  })

  it('takes as many parameters as the protocol, and refuses more', () => {
    const most = Array.from({ length: 65_535 }, (_, index) => index)
    const bytes = write('', most)
    expect(readBind(bytes).parameters).toHaveLength(65_535)
    expect(() => write('', [...most, 0])).toThrow(/65536 parameters/)
  })

  it('negative control: a wrong byte is seen', () => {
    const bytes = write('o_x', [12])
    bytes[bytes.length - 3] = 0x33
    expect(readBind(bytes)).not.toEqual(expected('o_x', [12], bytes))
  })
})

describe('a request', () => {
  it('is what the protocol says, byte for byte', () => {
    const writer = new RequestWriter()
    writer.reset()
    writer.parse('o_1', 'SELECT é')
    writer.describeStatement('o_1')
    writer.describePortal()
    writer.execute()
    writer.sync()
    expect(writer.take().toString('latin1')).toBe(
      `P\0\0\0\x14o_1\0${Buffer.from('SELECT é').toString('latin1')}\0\0\0D\0\0\0\tSo_1\0D\0\0\0\x06P\0E\0\0\0\t\0\0\0\0\0S\0\0\0\x04`,
    )
    writer.reset()
    writer.copyFail('no')
    expect(writer.take().toString('latin1')).toBe('f\0\0\0\x07no\0S\0\0\0\x04')
  })

  it('that still waits to be sent is left alone', () => {
    const writer = new RequestWriter()
    writer.reset()
    writer.parse('', 'first')
    const waiting = writer.take()
    const before = Buffer.from(waiting)
    writer.abandon()
    writer.reset()
    writer.parse('', 'other')
    expect(waiting).toEqual(before)
    // Negative control: one that was not abandoned is written over.
    const sent = writer.take()
    writer.reset()
    writer.parse('', 'third')
    expect(sent.toString()).toContain('third')
  })
})
