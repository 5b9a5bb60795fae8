import { printable, wrapText } from '../format.js'
import type { Result } from '../measure/result.js'
import { checkSection } from './checks.js'
import { headline } from './headline.js'
import { nextCommands } from './next.js'
import { labelled, labelWidth, type Page, type Section } from './page.js'
import { createPaint } from './paint.js'
import { retrySection } from './retries.js'
import { phaseTable, statementTable, transactionTable } from './tables.js'

export interface SummaryOptions {
  readonly colour: boolean
  /** Of the terminal; the summary keeps to 80, so that it can be pasted anywhere. */
  readonly columns: number
  /** Where the document is; null: it was not saved. */
  readonly savedTo: string | null
}

/** What a person reads when a run is over, and pastes. What there is nothing to say about is left out. */
export function summarise(result: Result, options: SummaryOptions): string {
  const page: Page = { result, paint: createPaint(options.colour), width: Math.max(60, Math.min(80, options.columns)) }
  const sections = [
    headline(page),
    phaseTable(page),
    transactionTable(page),
    statementTable(page),
    retrySection(page),
    checkSection(page),
    [...serverLines(page), ...savedLine(page, options.savedTo)],
    nextLines(page),
  ]
  return sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')
}

/** Of the settings that decide results, those worth a line; what is said of a value that gives durability away. */
const settingsShown: readonly { readonly name: string; readonly lax?: RegExp }[] = [
  { name: 'fsync', lax: /^off$/i },
  { name: 'synchronous_commit', lax: /^off$/i },
  { name: 'full_page_writes', lax: /^off$/i },
  { name: 'shared_buffers' },
  { name: 'max_wal_size' },
  { name: 'deadlock_timeout' },
  { name: 'default_transaction_isolation' },
  { name: 'innodb_flush_log_at_trx_commit', lax: /^[02]$/ },
  { name: 'sync_binlog' },
  { name: 'innodb_doublewrite', lax: /^(off|0)$/i },
  { name: 'innodb_buffer_pool_size' },
  { name: 'innodb_deadlock_detect' },
  { name: 'innodb_lock_wait_timeout' },
  { name: 'innodb_snapshot_isolation' },
  { name: 'transaction_isolation' },
]

function serverLines(page: Page): Section {
  const { settings } = page.result.target
  const present = settingsShown.filter(({ name }) => name in settings)
  const text = present.map(({ name }) => `${name} ${humanSize(settings[name] ?? '')}`).join(' · ')
  const lax = present.filter(({ name, lax }) => lax?.test(settings[name] ?? ''))
  const warning = `${lax.map(({ name }) => `${name} ${settings[name]}`).join(', ')}: a crash may lose or damage what was committed`
  return [
    ...labelled(page, 'Server', wrapText(text, page.width - labelWidth).map(page.paint.dim)),
    ...labelled(page, '', lax.length === 0 ? [] : wrapText(`! ${warning}`, page.width - labelWidth).map(page.paint.warn)),
  ]
}

/** MySQL gives sizes in bytes: `134217728` reads as `128MB`. */
function humanSize(value: string): string {
  const bytes = Number(value)
  return /^\d{7,}$/.test(value) && bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}MB` : printable(value)
}

function savedLine(page: Page, savedTo: string | null): Section {
  return savedTo === null ? [] : labelled(page, 'Saved', [savedTo])
}

function nextLines(page: Page): Section {
  const lines = nextCommands(page.result).flatMap(({ command, why }) => {
    const fits = command.length + why.length + 14 <= page.width
    return fits ? [`${command}  ${page.paint.dim(why)}`] : [command, `  ${page.paint.dim(why)}`]
  })
  return labelled(page, 'Next', lines)
}
