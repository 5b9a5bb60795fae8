import Big from 'big.js'
import { describe, expect, it } from 'vitest'
import { decoders, encodeValue } from '#oltp/database/postgres/values.js'

describe('PostgreSQL’s text format', () => {
  it.each([
    [16, 't', true],
    [20, '9007199254740991', 9007199254740991],
    [20, '9007199254740993', '9007199254740993'],
    [20, '-9007199254740992', '-9007199254740992'],
    [1700, '0.10', new Big('0.1')],
    [1700, 'NaN', { float: Number.NaN }],
    [1700, '-Infinity', { float: Number.NEGATIVE_INFINITY }],
    [701, '4', { float: 4 }],
    [701, 'Infinity', { float: Number.POSITIVE_INFINITY }],
    [25, '42', '42'],
    [999_999, '(1,2)', '(1,2)'],
    [1007, '[0:1]={5,6}', [5, 6]],
    [1009, '{}', []],
    [1009, '{"a,\\"b\\\\",NULL,"NULL",c d}', ['a,"b\\', null, 'NULL', 'c d']],
    [
      1005,
      '{{1,2},{3,NULL}}',
      [
        [1, 2],
        [3, null],
      ],
    ],
  ])('of type %s: %s', (oid, text, value) => {
    expect(decoders.getTypeParser(oid)(text)).toEqual(value)
  })

  it.each([
    [null, null],
    [-0, '0'],
    [true, 'true'],
    [new Big('1e-20'), '0.00000000000000000001'],
    [new Big('1e30'), '1000000000000000000000000000000'],
    [{ float: 1e300 }, '1e+300'],
    [{ float: Number.NaN }, 'NaN'],
    [['a"\\', null, ['b']], '{"a\\"\\\\",NULL,{"b"}}'],
  ])('%j is sent as %s', (value, text) => {
    expect(encodeValue(value)).toBe(text)
  })
})
