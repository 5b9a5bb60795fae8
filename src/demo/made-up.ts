import { z } from 'zod'
import type { DemoTransaction, StepFact } from './facts.js'
import type { History } from './history.js'
import { type Again, signature } from './rerun.js'
import type { SerialRun } from './serial-run.js'

/** Whether another serial run in the same order did, saw and left the same, as far as the first one went. */
export function sameRun(one: SerialRun, other: SerialRun): boolean {
  return (one.contents === null || one.contents === other.contents) && runText(one) === runText(other)
}

/**
 * Whether a history is what a serial run gives, but for what differs from one run in that order to the next. Values are told apart by their
 * column, since rows have no names: a column that differs between the two runs is left out.
 *
 * @param one, other of one order
 * @returns where what was left out is, for people; null: something else differs, too
 */
export function fitsBut(
  history: History,
  committed: readonly DemoTransaction[],
  one: SerialRun,
  other: SerialRun,
): readonly string[] | null {
  const madeUp: string[] = []
  for (const [place, index] of one.order.entries()) {
    const first = one.transactions[place] ?? null
    const second = other.transactions[place] ?? null
    const facts = committed[index]?.facts ?? []
    // What cannot be run in either is refuted by that.
    if (first === null && second === null) return null
    for (const [at, fact] of facts.entries()) {
      const left = stepFits(history.facts[fact] as StepFact, first?.[at] ?? null, second?.[at] ?? null)
      if (left === null) return null
      madeUp.push(...left.map(column => `${column} of step ${fact + 1}`))
    }
  }
  const left = contentsFit(history.contents, one.contents, other.contents)
  return left && [...madeUp, ...left]
}

/** Whether a clock may have been read, or what it showed been left: what is exact to the second may look the same in two runs. */
export function readsClock({ facts, contents }: History): boolean {
  const text = `${JSON.stringify(facts.map(({ answer }) => answer?.rows ?? null))} ${contents}`
  const dates = [...text.matchAll(/(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)/g)].map(([, day, time]) => Date.parse(`${day}T${time}Z`))
  const seconds = [...text.matchAll(/(?<![\d.-])\d{10}(?!\d)/g)].map(([count]) => Number(count) * 1000)
  const milliseconds = [...text.matchAll(/(?<![\d.-])\d{13}(?!\d)/g)].map(([count]) => Number(count))
  if ([...dates, ...seconds, ...milliseconds].some(time => Math.abs(time - Date.now()) < aroundNowMs)) return true
  return /"\d\d:\d\d:\d\d\\*"/.test(text)
}

/** With whatever time zone. */
const aroundNowMs = 36 * 3_600_000

function runText({ transactions }: SerialRun): string {
  return JSON.stringify(transactions.map(again => again && signature(again)))
}

/** The columns that had to be left out; null: they differ beside those. */
function stepFits(was: Again, one: Again | null, other: Again | null): readonly string[] | null {
  if (one === null || other === null || shape(one) !== shape(other)) return ['all']
  if (shape(was) !== shape(one)) return null
  const columns = one.answer?.columns ?? []
  return rowsFit(columns, was.answer?.rows ?? [], one.answer?.rows ?? [], other.answer?.rows ?? [])
}

/** What of an answer is not in its rows. */
function shape({ skipped, error, answer }: Again): string {
  return JSON.stringify([skipped !== null, error?.code ?? null, answer?.affected ?? null, answer?.rows.length ?? null])
}

type Rows = readonly (readonly unknown[])[]

function rowsFit(columns: readonly string[], was: Rows, one: Rows, other: Rows): readonly string[] | null {
  const places = columns.map((_, place) => place)
  const steady = places.filter(place => sorted(one, [place]) === sorted(other, [place]))
  // Each column is the same, and the rows are not: it is not known which column has changed.
  const kept = sorted(one, steady) === sorted(other, steady) ? steady : []
  if (one.length !== was.length || sorted(was, kept) !== sorted(one, kept)) return null
  const leftOut = places.filter(place => !kept.includes(place))
  const differ = leftOut.filter(place => sorted(was, [place]) !== sorted(one, [place]))
  const named = differ.length === 0 && sorted(was, places) !== sorted(one, places) ? leftOut : differ
  return named.map(place => columns[place] ?? '')
}

/** The rows in those columns alone, as text, whichever way they come. */
function sorted(rows: Rows, places: readonly number[]): string {
  return JSON.stringify(rows.map(row => JSON.stringify(places.map(place => row[place] ?? null))).sort())
}

function contentsFit(was: string, one: string | null, other: string | null): readonly string[] | null {
  if (one === null || other === null) return ['what is left']
  const [before, first, second] = [was, one, other].map(readContents)
  if (before === undefined || first === undefined || second === undefined) return was === one ? [] : one === other ? null : ['what is left']
  if (names(first) !== names(second)) return ['what is left']
  if (names(before) !== names(first)) return null
  const left: string[] = []
  for (const [at, { table, columns, rows }] of first.entries()) {
    const others = second[at]?.rows ?? []
    if (rows.length !== others.length) left.push(table)
    else {
      const unsteady = rowsFit(columns, before[at]?.rows ?? [], rows, others)
      if (unsteady === null) return null
      left.push(...unsteady.map(column => `${table}.${column}`))
    }
  }
  return left
}

interface Table {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: Rows
}

function names(tables: readonly Table[]): string {
  return JSON.stringify(tables.map(({ table, columns }) => [table, columns]))
}

/** As `Stage.contents` writes it: each row a text of its own. */
const contentsSchema = z.array(z.tuple([z.string(), z.array(z.string()), z.array(z.string())]))
const rowSchema = z.array(z.unknown())

function readContents(text: string): readonly Table[] | undefined {
  const { data } = contentsSchema.safeParse(JSON.parse(text))
  return data?.map(([table, columns, rows]) => ({ table, columns, rows: rows.map(row => rowSchema.parse(JSON.parse(row))) }))
}
