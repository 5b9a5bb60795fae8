import type { DemoResult } from '../../demo/result.js'
import { forWhomAndWhat } from '../../demo/whom.js'
import { printable, wrapText } from '../../format.js'
import { statementLines } from '../../scenario/demo/statement-lines.js'
import { transactionWord } from '../../scenario/demo/words.js'
import { answerTable } from './answer-table.js'

export type Step = DemoResult['steps'][number]

/** One line of a step, at most as wide as its column. */
export interface CellLine {
  readonly text: string
  readonly tone: 'plain' | 'dim' | 'good' | 'warn' | 'bad'
}

/** A step from its statement to what came of it. */
export function stepCell(step: Step, width: number): readonly CellLine[] {
  return [
    ...sentLines(step, width),
    ...noteLines(step, width),
    ...waitLines(step, width),
    ...answerLines(step, width),
    ...errorLines(step, width),
    ...skippedLines(step, width),
  ]
}

function sentLines({ sql, skipped, attempt }: Step, width: number): readonly CellLine[] {
  const again = attempt > 1 && transactionWord(sql) === 'begin' ? said(`attempt ${attempt}`, 'dim', width) : []
  if (sql === '') return said('(until its statement ends by itself)', 'dim', width)
  return [...statementLines(sql, width).map(text => ({ text, tone: skipped === null ? ('plain' as const) : ('dim' as const) })), ...again]
}

function noteLines({ note }: Step, width: number): readonly CellLine[] {
  return note === null ? [] : said(`# ${printable(note)}`, 'dim', width)
}

function waitLines({ waited, woken_by, deferred, session, error, status }: Step, width: number): readonly CellLine[] {
  const lines = deferred ? said(`… deferred: ${session} was still waiting`, 'dim', width) : []
  if (waited === null) return lines
  const end = woken_by !== null ? `woken by step ${woken_by}` : error !== null ? null : status === 'waiting' ? 'never answered' : 'let go'
  return [
    ...lines,
    ...said(printable(`… waits${forWhomAndWhat(waited)}`), 'warn', width),
    ...(end === null ? [] : said(`… ${end}`, 'warn', width)),
  ]
}

function answerLines({ answer, sql }: Step, width: number): readonly CellLine[] {
  if (answer === null) return []
  const { columns, rows, affected, tag } = answer
  if (columns.length > 0) return answerTable(columns, rows, width - 2).map(text => ({ text: `  ${text}`, tone: 'good' }))
  const word = transactionWord(sql)
  if (word === 'commit' && tag === 'ROLLBACK') return said('! the server answers ROLLBACK', 'bad', width)
  if (word !== null) return []
  const verb = /^\s*(INSERT|UPDATE|DELETE|MERGE|REPLACE)\b/i.exec(sql)?.[1]?.toUpperCase()
  if (verb === undefined) return said('✓', 'good', width)
  return said(
    tag === null ? `✓ ${affected} ${affected === 1 ? 'row' : 'rows'}` : `✓ ${tag} ${affected}`,
    affected === 0 ? 'warn' : 'good',
    width,
  )
}

/** More of a detail or a hint than this is no longer a remark. */
const shortEnough = 100

function errorLines({ error }: Step, width: number): readonly CellLine[] {
  if (error === null) return []
  const more = [error.detail, error.hint].filter(text => text !== null && text !== '' && text.length <= shortEnough)
  return [
    ...said(`! ${error.code} ${printable(error.message)}`, 'bad', width),
    ...more.flatMap(text => said(`  ${printable(text ?? '')}`, 'dim', width)),
  ]
}

function skippedLines({ skipped }: Step, width: number): readonly CellLine[] {
  return skipped === null ? [] : said(`– not sent: ${skipReasons[skipped]}`, 'dim', width)
}

const skipReasons: { readonly [why in NonNullable<Step['skipped']>]: string } = {
  condition: 'what it had read did not call for it',
  'gave up': 'its transaction had failed',
}

function said(text: string, tone: CellLine['tone'], width: number): readonly CellLine[] {
  return hanging(text, width - 2, tone).map(line => ({ ...line, text: `  ${line.text}` }))
}

/** Wrapped, what follows the first line set in by two. */
function hanging(text: string, width: number, tone: CellLine['tone']): readonly CellLine[] {
  const [first = '', ...rest] = wrapText(text, width)
  const more = wrapText(rest.join(' '), width - 2)
  return [{ text: first, tone }, ...more.map(line => ({ text: `  ${line}`, tone }))]
}
