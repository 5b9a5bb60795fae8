import { describe, expect, it } from 'vitest'
import { Frames } from '#oltp/database/postgres/wire/frames.js'
import { recordedReplies } from '../../../support/recorded-replies.js'

const ready = Buffer.from('Z\0\0\0\x05I', 'latin1')
const notice = Buffer.from('N\0\0\0\x0cSNOTICE\0', 'latin1')
const reply = Buffer.from(recordedReplies.again, 'base64')

/** What the driver got, and the types that the listener was told of; it hands notices on. */
function watch() {
  const frames = new Frames()
  const toDriver: Buffer[] = []
  const types: string[] = []
  const pass = (bytes: Buffer, start: number, end: number) => void toDriver.push(Buffer.from(bytes.subarray(start, end)))
  frames.attach({ reader: null, pass }, () => {})
  frames.listen({
    wants: () => true,
    message(type, bytes, start, end) {
      const letter = String.fromCharCode(type)
      types.push(letter)
      if (letter === 'N') frames.passToDriver(bytes, start, end)
      if (letter === 'Z') frames.ours = false
    },
  })
  return { frames, toDriver: () => Buffer.concat(toDriver), types }
}

describe('what belongs to whom', () => {
  it('a message that began as the driver’s is the driver’s to its end, wherever it was cut', () => {
    for (let cut = 0; cut <= notice.length; cut++) {
      for (const step of [1, 2, 5, 1000]) {
        const { frames, toDriver, types } = watch()
        frames.read(Buffer.concat([ready, notice.subarray(0, cut)]), ready.length + cut)
        frames.ours = true
        const rest = Buffer.concat([notice.subarray(cut), reply, notice])
        for (let at = 0; at < rest.length; at += step) {
          const piece = rest.subarray(at, at + step)
          frames.read(piece, piece.length)
        }
        expect(toDriver().toString('latin1'), `cut at ${cut}, in steps of ${step}`).toBe(
          Buffer.concat([ready, notice, notice]).toString('latin1'),
        )
        expect(types.filter(type => type !== 'N').join('')).toBe('2DDCZ')
      }
    }
  })

  it('what nobody wants is passed over, however long', () => {
    const { frames, toDriver, types } = watch()
    frames.listen({
      wants: type => type !== 0x44,
      message: type => void types.push(String.fromCharCode(type)),
    })
    frames.ours = true
    const row = Buffer.alloc(1_000_000)
    row.write('D')
    row.writeInt32BE(row.length - 1, 1)
    for (const piece of [row.subarray(0, 3), row.subarray(3, 500_000), row.subarray(500_000), reply]) frames.read(piece, piece.length)
    expect(types.join('')).toBe('2DDCZ')
    expect(toDriver()).toHaveLength(0)
  })

  it('nonsense ends it', () => {
    const errors: Error[] = []
    const interposition = { reader: null as ((bytes: Buffer, length: number) => void) | null, pass: () => {} }
    const frames = new Frames()
    frames.attach(interposition, error => errors.push(error))
    frames.ours = true
    interposition.reader?.(Buffer.from('Z\0\0\0\x03I'), 6)
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining('without a length') })])
  })
})
