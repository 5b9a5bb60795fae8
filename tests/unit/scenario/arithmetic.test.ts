import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, divide, modulo, multiply, subtract } from '#oltp/scenario/arithmetic.js'
import { compareValues, equalValues } from '#oltp/scenario/comparison.js'
import { decimal, reviveValue, reviveValues } from '#oltp/scenario/decimal.js'
import { describeValue, formatValue } from '#oltp/scenario/format-value.js'
import { ValueError } from '#oltp/scenario/value-error.js'
import type { Value } from '#oltp/scenario/values.js'

const integers = fc.maxSafeInteger()
const decimals = fc.tuple(fc.bigInt(-(10n ** 18n), 10n ** 18n), fc.nat(6)).map(([digits, scale]) => decimal(`${digits}e-${scale}`))
const anything: fc.Arbitrary<Value> = fc.oneof(
  integers,
  decimals,
  fc.double().map(float => ({ float })),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.array(integers, { maxLength: 3 }),
)

/** The result, or null for a ValueError; anything else that is thrown is a bug. */
function attempt(compute: () => Value): Value | undefined {
  try {
    return compute()
  } catch (error) {
    if (error instanceof ValueError) return undefined
    throw error
  }
}

describe('arithmetic', () => {
  it('on integers is exact or an error, never something else', () => {
    const exact: [typeof add, (a: bigint, b: bigint) => bigint][] = [
      [add, (a, b) => a + b],
      [subtract, (a, b) => a - b],
      [multiply, (a, b) => a * b],
      [divide, (a, b) => a / b],
      [modulo, (a, b) => a % b],
    ]
    const numbers = fc.oneof(integers, fc.integer({ min: -100, max: 100 }), fc.integer())
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        for (const [operation, oracle] of exact) {
          const result = attempt(() => operation(a, b))
          if ((operation === divide || operation === modulo) && b === 0) expect(result).toBeUndefined()
          else {
            const expected = oracle(BigInt(a), BigInt(b))
            const safe = expected >= BigInt(Number.MIN_SAFE_INTEGER) && expected <= BigInt(Number.MAX_SAFE_INTEGER)
            expect(result).toBe(safe ? Number(expected) : undefined)
          }
        }
      }),
      { numRuns: 2000, seed: 1 },
    )
  })

  it('on decimals keeps every digit', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        expect(equalValues(subtract(add(a, b), b), a)).toBe(true)
        if (!b.eq(0)) expect(equalValues(divide(multiply(a, b), b), a)).toBe(true)
      }),
      { seed: 2 },
    )
  })

  it('on anything at all gives a value or a ValueError', () => {
    fc.assert(
      fc.property(anything, anything, (a, b) => {
        for (const operation of [add, subtract, multiply, divide, modulo]) {
          const result = attempt(() => operation(a, b))
          if ((a === null || b === null) && result !== undefined) expect(result).toBeNull()
          if (typeof result === 'number') expect(Number.isSafeInteger(result)).toBe(true)
        }
        attempt(() => compareValues(a, b))
        expect(equalValues(a, a)).toBe(true)
        expect(equalValues(a, b)).toBe(equalValues(b, a))
        expect(typeof formatValue(a)).toBe('string')
      }),
      { numRuns: 2000, seed: 3 },
    )
  })
})

describe('comparing', () => {
  it('orders numbers of all kinds, text and nulls', () => {
    const mixed: Value[] = [3, decimal('2.5'), null, { float: 2.75 }, -1]
    expect([...mixed].sort(compareValues).map(formatValue)).toEqual(['null', '-1', '2.5', '2.75', '3'])
    const endless: Value[] = [
      { float: Number.NaN },
      decimal('1e400'),
      { float: Number.POSITIVE_INFINITY },
      1,
      { float: Number.NEGATIVE_INFINITY },
    ]
    expect([...endless].sort(compareValues).map(value => formatValue(value).slice(0, 9))).toEqual([
      '-Infinity',
      '1',
      '100000000',
      'Infinity',
      'NaN',
    ])
    expect(['b', 'a', null].sort(compareValues)).toEqual([null, 'a', 'b'])
    expect(() => compareValues('a', 1)).toThrow(ValueError)
  })

  for (const [a, b, equal] of [
    [100, decimal('100.00'), true],
    [100, decimal('100.01'), false],
    [{ float: 0.5 }, decimal('0.5'), true],
    ['9007199254740993', decimal('9007199254740993'), true],
    ['9007199254740993', decimal('9007199254740992'), false],
    ['5', 5, true],
    ['abc', 5, false],
    [null, null, true],
    [null, 0, false],
    [true, 1, true],
    [false, 1, false],
    [[1, decimal('2.0')], [decimal('1.00'), 2], true],
    [[1], [1, 2], false],
    [[1], 1, false],
  ] as const) {
    it(`finds ${describeValue(a)} and ${describeValue(b)} ${equal ? 'equal' : 'different'}`, () => {
      expect(equalValues(a, b)).toBe(equal)
    })
  }
})

describe('a decimal', () => {
  it('survives the way to a worker thread', () => {
    for (const text of ['0', '-0.05', '12.50', '1000000', '-123456789012345678901234567890.000000001', '1e-20', '1e30']) {
      const sent = reviveValue(structuredClone(decimal(text)))
      expect(formatValue(sent)).toBe(formatValue(decimal(text)))
      expect(equalValues(add(sent, 1), add(decimal(text), 1))).toBe(true)
    }
    const others: { [name: string]: Value } = { a: 1, b: { float: 2 }, c: 'c', d: null, e: true, f: [1, 2] }
    expect(reviveValues(structuredClone(others))).toEqual(others)
    expect(formatValue(reviveValue(structuredClone<Value>([decimal('1.5')])))).toBe('[1.5]')
  })

  it('is printed without an exponent', () => {
    expect(formatValue(decimal('1e-20'))).toBe('0.00000000000000000001')
    expect(formatValue(decimal('1e30'))).toBe(`1${'0'.repeat(30)}`)
  })
})
