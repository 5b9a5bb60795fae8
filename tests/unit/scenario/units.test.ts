import { describe, expect, it } from 'vitest'
import { nearest, suggest } from '#oltp/scenario/nearest.js'
import { formatDuration, parseDuration, parsePercentage, parseRate } from '#oltp/scenario/units.js'

describe('units', () => {
  it.each([
    ['500us', 0.5],
    ['500µs', 0.5],
    ['5ms', 5],
    ['1.5 s', 1500],
    ['2m', 120_000],
    ['2min', 120_000],
    ['1h', 3_600_000],
    ['0s', 0],
  ])('the duration %s', (text, ms) => expect(parseDuration(text)).toBe(ms))

  it.each(['5', 'ms', '-5ms', '1e3ms', '5 minutes', '', '1m30s', `${'9'.repeat(400)}s`])('no duration: %j', text =>
    expect(parseDuration(text)).toBeNull(),
  )

  it.each([
    ['500/s', 500],
    ['30/m', 0.5],
    ['36 / h', 0.01],
  ])('the rate %s', (text, perSecond) => expect(parseRate(text)).toBe(perSecond))

  it('no rates and percentages without their unit', () => {
    expect([parseRate('500'), parseRate('500/d'), parsePercentage('0.3'), parsePercentage('x%')]).toEqual([null, null, null, null])
    expect(parsePercentage('30%')).toBe(0.3)
  })

  it('writes durations in their largest whole unit', () => {
    expect([0, 0.25, 5, 1500, 12_000, 90_000, 120_000, 7_200_000].map(formatDuration)).toEqual([
      '0s',
      '250us',
      '5ms',
      '1500ms',
      '12s',
      '90s',
      '2m',
      '2h',
    ])
  })
})

describe('nearest', () => {
  const words = ['title', 'transactions', 'thresholds', 'sql', 'set', 'if', 'rule', 'bite', 'boat']

  it.each([
    ['titel', 'title'],
    ['TITLE', 'title'],
    ['transacton', 'transactions'],
    ['sqll', 'sql'],
    ['te', null],
    ['rool', 'rule'],
    ['rl', 'rule'],
    // Two that sound alike: which one is anybody's guess.
    ['beeitae', null],
    ['x', null],
    ['completely', null],
    ['x'.repeat(100_000), null],
  ])('%.20s', (word, expected) => expect(nearest(word, words)).toBe(expected))

  it('lists the choices where nothing is near', () => {
    expect(suggest('titel', words)).toBe('did you mean `title`?')
    expect(suggest('xyz', ['a', 'b'])).toBe('one of: a, b')
    expect(suggest('xyz', [])).toBeUndefined()
    expect(
      suggest(
        'xyz',
        Array.from({ length: 20 }, (_, index) => `word${index}`),
      ),
    ).toContain('word11, …')
  })
})
