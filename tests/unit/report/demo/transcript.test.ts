import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { loadDemo } from '#oltp/demo/load-demo.js'
import type { DemoResult } from '#oltp/demo/result.js'
import { displayWidth } from '#oltp/format.js'
import { transcribe } from '#oltp/report/demo/transcript.js'

/** As real servers answered. */
const recorded = ['lost-update', 'for-update', 'timeouts-mysql', 'write-skew-retry', 'read-only-anomaly'] as const

function read(name: (typeof recorded)[number]): DemoResult {
  return JSON.parse(readFileSync(`tests/fixtures/demo-results/${name}.json`, 'utf8'))
}

async function written(name: (typeof recorded)[number], columns = 80, change: Partial<DemoResult> = {}, colour = false): Promise<string> {
  const result = { ...read(name), ...change }
  return transcribe(result, await loadDemo(result.demo), { colour, columns })
}

describe('a transcript', () => {
  it('of a lost update reads as it did', async () => {
    expect(await written('lost-update')).toBe(readFileSync('tests/fixtures/demo-results/lost-update.txt', 'utf8'))
  })

  it.each(recorded.flatMap(name => [60, 80, 100, 120].map(columns => [name, columns] as const)))(
    'of %s stays within %d columns and leaves no step out',
    async (name, columns) => {
      const text = await written(name, columns)
      expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(columns)
      for (const { number } of read(name).steps) expect(text).toMatch(new RegExp(`^ *${number} +\\S`, 'm'))
      expect(text).not.toMatch(/ $/m)
    },
  )

  it('is as wide as can be read, not as the terminal is', async () => {
    expect(await written('lost-update', 400)).toBe(await written('lost-update', 120))
    expect(await written('lost-update', 10)).toBe(await written('lost-update', 60))
  })

  it('says the same in colour', async () => {
    const colourful = await written('lost-update', 80, {}, true)
    expect(colourful).toContain('\u001b[')
    expect(stripVTControlCharacters(colourful)).toBe(await written('lost-update'))
  })

  it('says of a wait no more than the server has told', async () => {
    const told = async (blockers: readonly string[], inferred: readonly string[]) => {
      const steps = read('for-update').steps.map(step =>
        step.waited === null ? step : { ...step, waited: { blockers, inferred, lock: 'X' } },
      )
      return (await written('for-update', 120, { steps })).match(/… waits.*/)?.[0].trim()
    }
    expect(await told(['A'], [])).toBe('… waits for A (X)')
    expect(await told([], ['A'])).toBe('… waits, it seems, for A (X)')
    expect(await told([], [])).toBe('… waits for X')
  })

  it('has a column per session, and where there is no room for that their names', async () => {
    expect(await written('read-only-anomaly', 120)).toMatch(/^ {5}DEPOSIT +WITHDRAW +PRINT$/m)
    expect(await written('read-only-anomaly', 60)).toMatch(/^ 11 {2}WITHDRAW {2}COMMIT$/m)
  })

  it('tells waiting, waking and what was put off', async () => {
    const text = await written('for-update', 120)
    expect(text).toContain('… waits for A (transactionid ShareLock)')
    expect(text).toContain('… woken by step 7')
    expect(text).toContain('… deferred: B was still waiting')
    expect(text).toMatch(/^serializable {2}yes, as if A had run before B$/m)
    expect((await written('lost-update', 120)).includes('deferred')).toBe(false)
  })

  it('tells errors, retries and what was not sent', async () => {
    const text = await written('write-skew-retry', 120)
    expect(text).toContain('! 40001 could not serialize access')
    expect(text).toContain('The transaction might succeed if retried.')
    expect(text).toMatch(/^ +attempt 2$/m)
    expect(text).toContain('– not sent: what it had read did not call for it')
    expect(text).toMatch(/^! error 40001$/m)
  })

  it('tells why nobody asked whether it was serializable', async () => {
    expect(await written('timeouts-mysql', 120)).toMatch(/^serializable {2}not judged: whether a time-out comes/m)
  })

  it('shows nothing that could move the cursor', async () => {
    const { steps } = read('lost-update')
    const wild = { columns: ['a\u001b[2J'], rows: [['x\u001b]0;title\u0007y'], [null]], affected: 2, tag: null }
    const error = { code: '1', message: 'a\u001b[31mb', detail: 'c\u001b[5md', hint: null }
    const text = await written('lost-update', 80, { steps: steps.map(step => ({ ...step, answer: wild, error, note: 'n\u001b[0m' })) })
    expect(text).toBe(stripVTControlCharacters(text))
    expect(text).toContain('NULL')
  })

  it('shows the first of many rows and says how many there are', async () => {
    const { steps } = read('lost-update')
    const many = { columns: ['n'], rows: Array.from({ length: 20 }, (_, n) => [n]), affected: 20, tag: null }
    const none = { columns: ['n'], rows: [], affected: 0, tag: null }
    const text = await written('lost-update', 80, { steps: steps.map((step, at) => ({ ...step, answer: at === 2 ? many : none })) })
    expect(text).toContain('… 20 rows in all')
    expect(text).toContain('(no row)')
  })

  it.each([
    [{ tag: 'UPDATE', affected: 1 }, '✓ UPDATE 1'],
    [{ tag: 'UPDATE', affected: 0 }, '✓ UPDATE 0'],
    [{ tag: null, affected: 1 }, '✓ 1 row'],
    [{ tag: null, affected: 2 }, '✓ 2 rows'],
  ])('says what was changed as the server does: %j is %s', async (answer, said) => {
    const steps = read('lost-update').steps.map(step => ({ ...step, answer: { columns: [], rows: [], ...answer } }))
    expect(await written('lost-update', 120, { steps })).toMatch(new RegExp(`${said}$`, 'm'))
  })

  it('says that a COMMIT was answered with ROLLBACK', async () => {
    const steps = read('lost-update').steps.map(step => ({ ...step, answer: { columns: [], rows: [], affected: 0, tag: 'ROLLBACK' } }))
    expect(await written('lost-update', 80, { steps })).toContain('! the server answers ROLLBACK')
    expect(await written('lost-update')).not.toContain('! the server')
  })
})
