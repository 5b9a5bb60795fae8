import { expect, test } from 'vitest'
import * as format from '#oltp/format.js'

test('numbers keep a readable number of digits', () => {
  expect([0, 999, 1842, 1234567.6, -1500].map(format.formatCount)).toEqual(['0', '999', '1,842', '1,234,568', '-1,500'])
  expect([0, 0.25, 3.184, 9.996, 42.72, 99.96, 1842.4].map(format.formatRate)).toEqual([
    '0',
    '0.25',
    '3.18',
    '10.0',
    '42.7',
    '100',
    '1,842',
  ])
  expect([0, 0.5, 9, 950, 999.6, 1000, 2011, 15_400, 1.25e6, 3e12].map(format.formatShort)).toEqual([
    '0',
    '0.5',
    '9',
    '950',
    '1.0k',
    '1.0k',
    '2.0k',
    '15k',
    '1.3M',
    '3.0T',
  ])
  expect([0, 0.00001, 0.0003, 0.02, 0.57, 0.9996, 1].map(format.formatPercent)).toEqual([
    '0%',
    '<0.01%',
    '0.03%',
    '2.0%',
    '57%',
    '99%',
    '100%',
  ])
  expect([812, 61_400_000, 4_294_967_296].map(format.formatBytes)).toEqual(['812 B', '61 MB', '4.3 GB'])
})

test('times are said in the unit that suits them', () => {
  expect([null, 0, 85, 850, 3140, 12_400, 88_100, 1_234_000].map(format.formatMs)).toEqual([
    '–',
    '0',
    '0.085',
    '0.85',
    '3.14',
    '12.4',
    '88.1',
    '1,234',
  ])
  expect([null, 85, 3140, 999_400, 999_600, 42_000_000, 125_000_000].map(format.formatLatency)).toEqual([
    '–',
    '85 µs',
    '3.14 ms',
    '999 ms',
    '1.00 s',
    '42.0 s',
    '2:05 min',
  ])
  expect([0, 0.84, 9.97, 12, 119.6, 3600].map(format.formatSeconds)).toEqual(['0 s', '0.8 s', '10 s', '12 s', '2:00 min', '1:00:00 h'])
  expect([-1, 0, 47, 59.6, 725, 3723].map(format.formatClock)).toEqual(['0:00', '0:00', '0:47', '1:00', '12:05', '1:02:03'])
})

test('text is fitted by what it takes on the screen, not by its length', () => {
  expect(format.fitTo('日本語', 5)).toBe('日本…')
  expect(format.displayWidth(format.fitTo('日本語', 4))).toBe(4)
  expect(format.fitTo('ab', 4, 'right')).toBe('  ab')
  expect(format.fitTo('👩‍💻 works', 4)).toBe('👩‍💻 …')
  expect(format.truncate('abc', 0)).toBe('')
  expect(format.wrapText('one two three', 7)).toEqual(['one two', 'three'])
  expect(format.wrapText('incomprehensibilities are long', 10)).toEqual(['incompreh…', 'are long'])
  expect(format.wrapText('', 10)).toEqual([])
})

test('what a server says cannot move the cursor, ring, or change direction', () => {
  expect(format.printable('a\x1b[2Jb\x1b]0;title\x07c\nd\te\x07 \u202Ef\u200B')).toBe('ab c d e f'.replace('ab c', 'abc'))
  expect(format.printable('\x9b31mred\x9b0m')).toBe('red')
  expect(format.printable('line\r\n\r\nnext')).toBe('line next')
  expect(format.printable('Ünïcode ✓ 日本')).toBe('Ünïcode ✓ 日本')
})

test('colour is decided once: NO_COLOR, FORCE_COLOR, TERM, terminal', () => {
  const { wantsColour } = format
  expect(wantsColour({}, true)).toBe(true)
  expect(wantsColour({}, false)).toBe(false)
  expect(wantsColour({ NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(false)
  expect(wantsColour({ NO_COLOR: '' }, true)).toBe(true)
  expect(wantsColour({ FORCE_COLOR: '0' }, true)).toBe(false)
  expect(wantsColour({ FORCE_COLOR: '1' }, false)).toBe(true)
  expect(wantsColour({ TERM: 'dumb' }, true)).toBe(false)
})

test('a ratio has two decimals, and is never rounded to nothing', () => {
  expect([0, 0.001, 0.005, 0.354, 12].map(format.formatRatio)).toEqual(['0', '<0.01', '0.01', '0.35', '12.00'])
})

test('names are listed as people do', () => {
  expect([[], ['A'], ['A', 'B'], ['A', 'B', 'C']].map(format.listed)).toEqual(['', 'A', 'A and B', 'A, B and C'])
})
