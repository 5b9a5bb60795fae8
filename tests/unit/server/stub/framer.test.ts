import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Framer } from '#oltp/server/stub/framer.js'
import { packet, packetSize } from '#oltp/server/stub/mysql-wire.js'
import { message, messageSize } from '#oltp/server/stub/postgres-wire.js'

const protocols = [
  { name: 'PostgreSQL', sizeAt: messageSize, make: (body: Uint8Array) => message('D'.charCodeAt(0), Buffer.from(body)) },
  { name: 'MySQL', sizeAt: packetSize, make: (body: Uint8Array) => packet(1, Buffer.from(body)) },
]

describe.each(protocols)('messages of $name', ({ sizeAt, make }) => {
  test('come out whole, in order and once, wherever the chunks are cut', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 })
    const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 12 })
    fc.assert(
      fc.property(bodies, cuts, (sent, places) => {
        const messages = sent.map(make)
        const stream = Buffer.concat(messages)
        const taken: Buffer[] = []
        const framer = new Framer(sizeAt)
        for (const chunk of cutUp(stream, places)) framer.feed(chunk, (buffer, start, end) => taken.push(buffer.subarray(start, end)))
        expect(taken).toEqual(messages)
      }),
    )
  })

  test('wait for their last byte', () => {
    const framer = new Framer(sizeAt)
    let taken = 0
    const whole = make(Buffer.from('abc'))
    framer.feed(whole.subarray(0, -1), () => taken++)
    expect(taken).toBe(0)
    framer.feed(whole.subarray(-1), () => taken++)
    expect(taken).toBe(1)
  })
})

test('a payload of 16 MB and more is one packet, however many it goes on in', () => {
  const full = packet(0, Buffer.alloc(0xffffff))
  const rest = packet(1, Buffer.from('tail'))
  expect(packetSize(full, 0)).toBe(0)
  expect(packetSize(Buffer.concat([full, rest]), 0)).toBe(full.length + rest.length)
})

function cutUp(stream: Buffer, places: readonly number[]): Buffer[] {
  const bounds = [0, ...places.map(place => Math.min(place, stream.length)).sort((a, b) => a - b), stream.length]
  return bounds.slice(1).map((end, at) => stream.subarray(bounds[at], end))
}
