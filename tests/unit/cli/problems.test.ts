import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { formatProblem } from '#oltp/cli/problems.js'

const location = { file: 'a.yaml', line: 43, column: 16, length: 12, text: '    isolation: serialisable' }

describe('formatProblem', () => {
  it('shows what, where, and what to do', () => {
    const problem = {
      message: 'unknown isolation level `serialisable`',
      location,
      label: 'one of: read committed',
      hint: 'did you mean `serializable`?',
    }
    expect(formatProblem(problem, false)).toBe(
      [
        'error: unknown isolation level `serialisable`',
        '  --> a.yaml:43:16',
        '   |',
        '43 |     isolation: serialisable',
        '   |                ^^^^^^^^^^^^ one of: read committed',
        'help: did you mean `serializable`?',
      ].join('\n'),
    )
  })

  it('does without a place, a label or a hint', () => {
    expect(formatProblem({ message: 'no' }, false)).toBe('error: no')
    expect(formatProblem({ message: 'no', hint: 'yes' }, false)).toBe('error: no\nhelp: yes')
    expect(formatProblem({ message: 'no', location }, false).split('\n').at(-1)).toBe('   |                ^^^^^^^^^^^^')
  })

  it('colours on demand only, and says the same', () => {
    const problem = { message: 'no', location, label: 'label', hint: 'yes' }
    const coloured = formatProblem(problem, true)
    expect(coloured).toContain('\u001b[')
    expect(stripVTControlCharacters(coloured)).toBe(formatProblem(problem, false))
  })

  it('keeps the carets under the place behind tabs and wide characters', () => {
    const lines = formatProblem({ message: 'no', location: { ...location, text: '\t表: x', column: 5, length: 1 } }, false).split('\n')
    expect(lines[3]).toBe('43 |  表: x')
    expect(lines[4]).toBe('   |      ^')
  })

  it('cuts long lines around the place', () => {
    const text = `${'a'.repeat(3000)}X${'b'.repeat(3000)}`
    const lines = formatProblem({ message: 'no', location: { ...location, text, column: 3001, length: 1 } }, false).split('\n')
    expect(lines[3]?.length).toBeLessThanOrEqual(106)
    expect(lines[3]?.[lines[4]?.indexOf('^') ?? -1]).toBe('X')
    const marked = formatProblem({ message: 'no', location: { ...location, text, column: 1, length: 6001 } }, false).split('\n')
    expect(marked[3]?.length).toBeLessThanOrEqual(106)
    expect(marked[4]?.length).toBeLessThanOrEqual(106)
  })

  it('shows nothing that could move the cursor or turn the text around', () => {
    const evil = '\u001b[2J\u0007\u202e\r\u009b'
    const shown = formatProblem(
      {
        message: `a${evil}b`,
        location: { ...location, file: `f${evil}`, text: `x${evil}y`, column: 2, length: 3 },
        label: evil,
        hint: evil,
      },
      false,
    )
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u)
  })
})
