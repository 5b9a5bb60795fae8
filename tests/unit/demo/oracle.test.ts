import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { History } from '#oltp/demo/history.js'
import { judge, serialOrders } from '#oltp/demo/oracle.js'
import { plotOf, runInterleaved, TinyDatabase, type TinyOperation, type TinyTransaction, tinyStage } from '../../support/tiny-database.js'

const keys = ['x', 'y']

/** A history, and what made it. */
interface Case {
  readonly transactions: readonly TinyTransaction[]
  readonly turns: readonly number[]
}

const key = fc.constantFrom(...keys)
const operation: fc.Arbitrary<TinyOperation> = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), key }),
  fc.record({
    kind: fc.constant('write' as const),
    key,
    base: fc.constantFrom('nothing' as const, 'last read' as const),
    plus: fc.integer({ min: 0, max: 2 }),
  }),
)

/** Two or three transactions of two or three sessions; those of one session follow each other. */
const cases: fc.Arbitrary<Case> = fc
  .array(fc.record({ session: fc.constantFrom('A', 'B', 'C'), operations: fc.array(operation, { minLength: 1, maxLength: 3 }) }), {
    minLength: 2,
    maxLength: 3,
  })
  .chain(transactions => {
    const everyTurn = transactions.flatMap(({ operations }, index) => operations.map(() => index))
    return fc
      .shuffledSubarray(everyTurn, { minLength: everyTurn.length, maxLength: everyTurn.length })
      .map(turns => ({ transactions, turns: sessionByItself(transactions, turns) }))
  })

/** The turns of one session, sorted among themselves: a session has one transaction at a time. */
function sessionByItself(transactions: readonly TinyTransaction[], turns: readonly number[]): readonly number[] {
  const left = new Map<string, number[]>()
  for (const index of turns) {
    const session = transactions[index]?.session ?? ''
    left.set(
      session,
      [...(left.get(session) ?? []), index].sort((a, b) => a - b),
    )
  }
  return turns.map(index => left.get(transactions[index]?.session ?? '')?.shift() ?? 0)
}

/** What each transaction reads and what is left, alone one after the other: written apart from everything that is tested. */
function runSerially(transactions: readonly TinyTransaction[], order: readonly number[]): { reads: number[][]; left: [string, number][] } {
  const values = new Map(keys.map(name => [name, 0]))
  const reads: number[][] = transactions.map(() => [])
  for (const index of order) {
    let lastRead = 0
    const own = transactions.slice(0, index).filter(({ session }) => session === transactions[index]?.session)
    if (own.length > 0) lastRead = lastReadOf(transactions, order, index, reads)
    for (const step of transactions[index]?.operations ?? []) {
      if (step.kind === 'read') {
        lastRead = values.get(step.key) ?? 0
        reads[index]?.push(lastRead)
      } else values.set(step.key, (step.base === 'last read' ? lastRead : 0) + step.plus)
    }
  }
  return { reads, left: [...values] }
}

/** A session remembers what it read in its transactions before. */
function lastReadOf(transactions: readonly TinyTransaction[], order: readonly number[], index: number, reads: readonly number[][]): number {
  const before = order.slice(0, order.indexOf(index)).filter(other => transactions[other]?.session === transactions[index]?.session)
  return before.flatMap(other => reads[other] ?? []).at(-1) ?? 0
}

function isSerializable({ transactions }: Case, history: History): boolean {
  const reads = history.transactions.map(({ facts }) =>
    facts.flatMap(index =>
      transactions.flatMap(each => each.operations)[index]?.kind === 'read' ? [history.facts[index]?.answer?.rows[0]?.[0]] : [],
    ),
  )
  return permutations(transactions.map((_, index) => index))
    .filter(order => order.every((index, at) => order.slice(0, at).every(before => keepsOrder(transactions, before, index))))
    .some(order => {
      const alone = runSerially(transactions, order)
      return JSON.stringify([alone.reads, JSON.stringify(alone.left)]) === JSON.stringify([reads, history.contents])
    })
}

function keepsOrder(transactions: readonly TinyTransaction[], before: number, after: number): boolean {
  return transactions[before]?.session !== transactions[after]?.session || before < after
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map(rest => [item, ...rest]))
}

/** Fails where a judge and brute force differ. */
async function compare(judgement: typeof judge): Promise<{ serializable: number; not: number }> {
  const seen = { serializable: 0, not: 0 }
  await fc.assert(
    fc.asyncProperty(cases, async each => {
      const history = runInterleaved(each.transactions, keys, each.turns)
      const { serializable } = await judgement(tinyStage(new TinyDatabase(), keys), plotOf(each.transactions), null, history)
      expect(serializable).toBe(isSerializable(each, history))
      seen[serializable ? 'serializable' : 'not']++
    }),
    { numRuns: 1000, seed: 1 },
  )
  return seen
}

describe('the serial oracle', () => {
  it('says what brute force says', async () => {
    const seen = await compare(judge)
    expect(seen.serializable).toBeGreaterThan(100)
    expect(seen.not).toBeGreaterThan(100)
  })

  it.each<[string, typeof judge]>([
    [
      'ignores what is left',
      (stage, plot, level, history) => judge({ ...stage, contents: async () => history.contents }, plot, level, history),
    ],
    [
      'ignores what was read',
      async (stage, plot, level, history) => {
        const blind = { ...history, transactions: history.transactions.map(each => ({ ...each, facts: writesOf(each.facts, history) })) }
        return judge(stage, plot, level, blind)
      },
    ],
    [
      'tries one order only',
      async (stage, plot, level, history) => {
        const verdict = await judge(stage, plot, level, history)
        return { ...verdict, serializable: verdict.serializable === true && verdict.ordersTried === 1 }
      },
    ],
    ['finds everything in order', async () => ({ serializable: true, order: [], ordersTried: 0, madeUp: [] })],
  ])('is told from one that %s', async (_, wrong) => {
    await expect(compare(wrong)).rejects.toThrow('Property failed')
  })

  it('names an order that gives the same, and looks no further', async () => {
    const transactions: TinyTransaction[] = [
      { session: 'A', operations: [{ kind: 'read', key: 'x' }] },
      { session: 'B', operations: [{ kind: 'write', key: 'x', base: 'nothing', plus: 7 }] },
    ]
    const ask = (turns: number[]) =>
      judge(tinyStage(new TinyDatabase(), keys), plotOf(transactions), null, runInterleaved(transactions, keys, turns))
    expect(await ask([0, 1])).toEqual({ serializable: true, order: ['A', 'B'], ordersTried: 1, madeUp: [] })
    expect(await ask([1, 0])).toEqual({ serializable: true, order: ['B', 'A'], ordersTried: 2, madeUp: [] })
  })

  it('does not try a beginning again that did not fit', async () => {
    const reader = (session: string): TinyTransaction => ({ session, operations: [{ kind: 'read', key: 'x' }] })
    const transactions = ['A', 'B', 'C', 'D'].map(reader)
    const history = runInterleaved(transactions, keys, [0, 1, 2, 3])
    const impossible = history.facts.map(fact => ({ ...fact, answer: fact.answer && { ...fact.answer, rows: [[9]] } }))
    const verdict = await judge(tinyStage(new TinyDatabase(), keys), plotOf(transactions), null, { ...history, facts: impossible })
    expect(verdict).toEqual({ serializable: false, order: null, ordersTried: 4, madeUp: [] })
  })

  it('leaves out what was rolled back or is open, though not what was read there', async () => {
    const transactions: TinyTransaction[] = [
      {
        session: 'A',
        operations: [
          { kind: 'read', key: 'x' },
          { kind: 'write', key: 'x', base: 'nothing', plus: 5 },
        ],
      },
      { session: 'A', operations: [{ kind: 'write', key: 'y', base: 'last read', plus: 1 }] },
    ]
    const history = runInterleaved(transactions, keys, [0, 0, 1])
    const [first, second] = history.transactions
    const undone = { ...history, transactions: [{ ...first, ended: 'rolled back' }, second], contents: '[["x",0],["y",1]]' } as History
    const ask = (one: History) => judge(tinyStage(new TinyDatabase(), keys), plotOf(transactions), null, one)
    expect(await ask(undone)).toEqual({ serializable: true, order: ['A'], ordersTried: 1, madeUp: [] })
    const readFive = undone.facts.map((fact, index) =>
      index === 0 && fact.answer ? { ...fact, answer: { ...fact.answer, rows: [[5]] } } : fact,
    )
    expect((await ask({ ...undone, facts: readFive })).serializable).toBe(false)
    expect((await ask({ ...undone, facts: readFive, contents: '[["x",0],["y",6]]' })).serializable).toBe(true)
  })

  it('has nothing to say against nothing', async () => {
    const empty = { facts: [], transactions: [], contents: '[["x",0],["y",0]]' }
    expect(await judge(tinyStage(new TinyDatabase(), keys), plotOf([]), null, empty)).toEqual({
      serializable: true,
      order: [],
      ordersTried: 1,
      madeUp: [],
    })
  })
})

function writesOf(facts: readonly number[], history: History): readonly number[] {
  return facts.filter(index => (history.facts[index]?.answer?.columns.length ?? 0) === 0)
}

describe('values that the database makes up', () => {
  const write = (session: string, key: string): TinyTransaction => ({
    session,
    operations: [{ kind: 'write', key, base: 'nothing', plus: 1 }],
  })
  const read = (session: string, ...read: readonly string[]): TinyTransaction => ({
    session,
    operations: read.map(key => ({ kind: 'read', key })),
  })
  const ask = async (transactions: readonly TinyTransaction[], turns: readonly number[], history?: History) => {
    const database = new TinyDatabase()
    // Where the clock stands when the demo is played.
    for (let tick = 0; tick < 100; tick++) database.run('SELECT clock')
    const { serializable, madeUp } = await judge(
      tinyStage(database, keys),
      plotOf(transactions),
      null,
      history ?? runInterleaved(transactions, keys, turns),
    )
    return { serializable, madeUp }
  }

  it('are no anomaly: a clock', async () => {
    expect(await ask([read('A', 'clock')], [0])).toEqual({ serializable: null, madeUp: ['value of step 1'] })
  })

  it('are no anomaly: numbers of a sequence that two take by turns', async () => {
    const turns = [read('A', 'next', 'next'), read('B', 'next')]
    expect(await ask(turns, [0, 1, 0])).toEqual({ serializable: null, madeUp: ['value of step 2', 'value of step 3'] })
    expect(await ask(turns, [1, 0, 0])).toEqual({ serializable: true, madeUp: [] })
  })

  it('are no anomaly: a number that was taken by one who rolled back', async () => {
    const transactions = [read('A', 'next'), read('B', 'next')]
    const history = runInterleaved(transactions, keys, [0, 1])
    const [first, second] = history.transactions
    const undone = { ...history, transactions: [{ ...first, ended: 'rolled back' }, second] } as History
    expect(await ask(transactions, [], undone)).toEqual({ serializable: null, madeUp: ['value of step 2'] })
  })

  it('hide no anomaly beside them', async () => {
    const skew = (...more: readonly string[]) => [read('A', ...more, 'x', 'y'), write('B', 'x'), write('B', 'y')]
    // A reads x before B writes it and y before, too; then x before and y after.
    expect(await ask(skew('clock'), [0, 0, 0, 1, 2])).toEqual({ serializable: null, madeUp: ['value of step 1'] })
    const torn = [
      read('A', 'clock', 'x', 'y'),
      { session: 'B', operations: [...write('B', 'x').operations, ...write('B', 'y').operations] },
    ]
    expect(await ask(torn, [0, 0, 1, 1, 0])).toEqual({ serializable: false, madeUp: [] })
    expect(await ask([read('A', 'next', 'x', 'y'), ...torn.slice(1)], [0, 0, 1, 1, 0])).toEqual({ serializable: false, madeUp: [] })
  })
})

describe('the orders that are tried', () => {
  it('keep the order of each owner, are all different, and as many as there can be', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('A', 'B', 'C'), { maxLength: 6 }), owners => {
        const orders = [...serialOrders(owners)]
        const counts = [...new Set(owners)].map(owner => owners.filter(other => other === owner).length)
        expect(orders).toHaveLength(factorial(owners.length) / counts.map(factorial).reduce((product, one) => product * one, 1))
        expect(new Set(orders.map(order => order.join())).size).toBe(orders.length)
        expect(orders[0]).toEqual(owners.map((_, index) => index))
        for (const order of orders) {
          for (const owner of owners) {
            const own = order.filter(index => owners[index] === owner)
            expect(own).toEqual([...own].sort((a, b) => a - b))
          }
        }
      }),
    )
  })
})

function factorial(count: number): number {
  return count <= 1 ? 1 : count * factorial(count - 1)
}
