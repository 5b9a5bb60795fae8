import { describe, expect, it } from 'vitest'
import { Backlog } from '#oltp/engine/backlog.js'
import { ErrorTable } from '#oltp/engine/error-table.js'
import { allocateMemory, Memory } from '#oltp/engine/memory.js'
import { fromPlainError, toPlainError } from '#oltp/engine/messages.js'
import { createMix } from '#oltp/engine/mix.js'
import { allocateSequences, Sequences } from '#oltp/engine/sequences.js'
import { counterIndex } from '#oltp/engine/transaction-recorder.js'
import { OltpError } from '#oltp/errors.js'
import { failure } from '../../support/inline-load.js'

describe('a worker’s memory', () => {
  it('is seen from another view of the same buffer, each number in a place of its own', () => {
    const shape = { phases: 3, transactions: 2, statements: 4 }
    const buffer = allocateMemory(shape)
    const [writer, reader] = [new Memory(buffer, shape), new Memory(buffer, shape)]
    let value = 0
    for (let phase = 0; phase < 3; phase++) {
      for (let index = 0; index < 2; index++) {
        writer.transaction(phase, index).count(counterIndex.started, ++value)
        writer.transaction(phase, index).count(counterIndex.other, ++value)
        writer.metric(phase, index, 'response').record(++value)
        writer.metric(phase, index, 'retried').record(++value)
      }
      for (let index = 0; index < 4; index++) writer.statement(phase, index).record(++value)
      writer.countArrivals(phase, 'shed', ++value)
    }
    writer.setGauge('backlog', 7)
    const expected: number[] = []
    for (let phase = 0; phase < 3; phase++) {
      for (let index = 0; index < 2; index++) {
        const { started, other } = reader.readCounters(phase, index)
        expected.push(
          started,
          other,
          reader.metric(phase, index, 'response').view().sum_us,
          reader.metric(phase, index, 'retried').view().sum_us,
        )
        expect(reader.metric(phase, index, 'service').count).toBe(0)
      }
      for (let index = 0; index < 4; index++) expected.push(reader.statement(phase, index).view().max_us)
      expected.push(reader.readArrivals(phase).shed)
    }
    expect(expected).toEqual(Array.from({ length: value }, (_, index) => index + 1))
    expect(reader.gauge('backlog')).toBe(7)
  })
})

describe('sequences', () => {
  it('are shared by name, whichever worker asks first', () => {
    const buffer = allocateSequences()
    const [one, two] = [new Sequences(buffer), new Sequences(buffer)]
    expect([one.next('a', 10), two.next('b', 1), two.next('a', 10), one.next('b', 1), one.next('a', 10)]).toEqual([10, 1, 11, 2, 12])
  })

  it('have an end, which is said', () => {
    const sequences = new Sequences(allocateSequences())
    for (let index = 0; index < 256; index++) sequences.next(`s${index}`, 1)
    expect(() => sequences.next('one too many', 1)).toThrow(/256/)
    expect(() => sequences.next('x'.repeat(200), 1)).toThrow(/too long/)
  })
})

describe('the backlog', () => {
  it('keeps the order through growth and wrap-around', () => {
    const backlog = new Backlog()
    const out: number[] = []
    let pushed = 0
    for (let round = 0; round < 50; round++) {
      for (let index = 0; index < 7; index++) backlog.push(round % 3, pushed, pushed++ + 0.5, 0)
      for (let index = 0; index < 4; index++) out.push(backlog.shift()?.intended ?? -1)
    }
    expect(backlog.size).toBe(150)
    for (let next = backlog.shift(); next !== null; next = backlog.shift()) out.push(next.intended)
    expect(out).toEqual(Array.from({ length: 350 }, (_, index) => index))
  })
})

describe('a mix', () => {
  it('picks by weight, never what weighs nothing', () => {
    const mix = createMix([0, 3, 0, 1, 0])
    const picks = Array.from({ length: 1000 }, (_, index) => mix?.pick(index / 1000))
    expect(picks.filter(pick => pick === 1)).toHaveLength(750)
    expect(picks.filter(pick => pick === 3)).toHaveLength(250)
    expect(mix?.pick(1 - 2 ** -53)).toBe(3)
    expect(createMix([0, 0])).toBeNull()
  })
})

describe('the error table', () => {
  it('counts by code and lumps together what is beyond forty of them', () => {
    const table = new ErrorTable()
    for (let index = 0; index < 100; index++) table.count(0, 0, `E${index % 50}`, 'other', 'boom')
    const rows = table.rows()
    expect(rows).toHaveLength(41)
    expect(rows.find(({ code }) => code === 'other')?.count).toBe(20)
    expect(table.news()).toHaveLength(41)
    expect(table.news()).toBeNull()
  })
})

describe('errors', () => {
  it.each([
    failure('deadlock', { code: '40P01', sqlstate: '40P01' }),
    new OltpError('NO_SQL', 2, 'no SQL for mysql', { hint: 'write it' }),
    new TypeError('a bug'),
  ])('cross threads: %s', error => {
    const crossed = fromPlainError(structuredClone(toPlainError(error)))
    expect(crossed.message).toBe(error.message)
    expect({ ...crossed, name: '' }).toMatchObject(error instanceof TypeError ? {} : { ...error, name: '' })
    if (!(error instanceof TypeError)) expect(crossed).toBeInstanceOf(error.constructor)
  })
})
