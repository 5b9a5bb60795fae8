import Big from 'big.js'
import { describe, expect, it } from 'vitest'
import { answerSequence, closeRequest, executeRequest, prepareRequest, queryRequest } from '#oltp/database/mysql/wire/request.js'
import type { Value } from '#oltp/scenario/values.js'

const hex = (...parts: string[]) => parts.join('').replaceAll(' ', '')
const execute = (parameters: readonly Value[], attributes = false) => executeRequest(0x01020304, parameters, attributes).toString('hex')

describe('requests', () => {
  it('of text', () => {
    expect(queryRequest('DO 1', false).toString('hex')).toBe(hex('05000000 03', '444f2031'))
    // With query attributes: none of them, in one set.
    expect(queryRequest('DO 1', true).toString('hex')).toBe(hex('07000000 03 0001', '444f2031'))
    expect(prepareRequest('DO €').toString('hex')).toBe(hex('07000000 16', '444f20e282ac'))
    expect(closeRequest(0x01020304).toString('hex')).toBe(hex('05000000 19', '04030201'))
  })

  it('to execute, without parameters', () => {
    expect(execute([])).toBe(hex('0a000000 17 04030201 00 01000000'))
    expect(execute([], true)).toBe(hex('0b000000 17 04030201 08 01000000 00'))
  })

  it('to execute, with every kind of parameter', () => {
    const parameters: Value[] = [1, null, 'ü', true, false, new Big('-1.50'), { float: 0.5 }, -2]
    const types = ['0800', '0600', 'fd00', '0100', '0100', 'f600', '0500', '0800']
    const values = ['0100000000000000', '02c3bc', '01', '00', '042d312e35', '000000000000e03f', 'feffffffffffffff'].join('')
    expect(execute(parameters)).toBe(hex('3e000000 17 04030201 00 01000000', '02 01', ...types, values))
    // With query attributes: their number, and an empty name after each type.
    const named = types.map(type => `${type}00`)
    expect(execute(parameters, true)).toBe(hex('47000000 17 04030201 08 01000000 08', '02 01', ...named, values))
  })

  it.each([
    [0, '0000000000000000'],
    [-1, 'ffffffffffffffff'],
    [2 ** 31, '0000008000000000'],
    [2 ** 32, '0000000001000000'],
    [-(2 ** 32) - 1, 'fffffffffeffffff'],
    [Number.MAX_SAFE_INTEGER, 'ffffffffffff1f00'],
    [Number.MIN_SAFE_INTEGER, '010000000000e0ff'],
  ])('the integer %d in 64 bits', (value, expected) => {
    expect(execute([value]).slice(-16)).toBe(expected)
  })

  it('marks each NULL by a bit of its own', () => {
    for (let at = 0; at < 20; at++) {
      const nulls = executeRequest(
        1,
        Array.from({ length: 20 }, (_, index) => (index === at ? null : index)),
        false,
      ).subarray(14, 17)
      expect(nulls.readUIntLE(0, 3)).toBe(1 << at)
    }
  })

  it.each([
    [250, 'fa'],
    [251, 'fcfb00'],
    [65_535, 'fcffff'],
    [65_536, 'fd000001'],
    [0xffffff - 50, 'fdcdffff'],
  ])('text of %d bytes, its length in front', (length, expected) => {
    const packet = executeRequest(1, ['x'.repeat(length)], false)
    expect(packet.subarray(18, 18 + expected.length / 2).toString('hex')).toBe(expected)
    expect(packet.readUIntLE(0, 3)).toBe(packet.length - 4)
    expect(packet.length).toBe(18 + expected.length / 2 + length)
  })

  it('in several packets where one is not enough, the last one empty if need be', () => {
    const before = 18 - 4 + 4
    for (const [length, sizes] of [
      [0xffffff - before - 1, [0xffffff - 1]],
      [0xffffff - before, [0xffffff, 0]],
      [0xffffff - before + 1, [0xffffff, 1]],
      [2 * 0xffffff - before - 5, [0xffffff, 0xffffff, 0]],
    ] as const) {
      const request = executeRequest(1, ['x'.repeat(length)], false)
      expect(packetsOf(request)).toEqual(sizes.map((size, sequence) => ({ size, sequence })))
      expect(answerSequence(request)).toBe(sizes.length)
    }
    expect(answerSequence(queryRequest('DO 1', false))).toBe(1)
  })

  it('keeps a small request right after a large one', () => {
    const small = execute([5])
    execute(['y'.repeat(3_000_000)])
    expect(execute([5])).toBe(small)
  })

  it.each([[[[1]]], [[0.5]], [[Number.POSITIVE_INFINITY]], [[2 ** 53]], [[Number.NaN]]])('refuses %j', parameters => {
    expect(() => execute(parameters)).toThrow(TypeError)
  })
})

function packetsOf(request: Buffer): { readonly size: number; readonly sequence: number | undefined }[] {
  const packets: { readonly size: number; readonly sequence: number | undefined }[] = []
  for (let at = 0; at < request.length; ) {
    const size = request.readUIntLE(at, 3)
    packets.push({ size, sequence: request[at + 3] })
    at += 4 + size
  }
  return packets
}
