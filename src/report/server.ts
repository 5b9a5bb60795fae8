import { formatBytes, formatCount, formatPercent, printable, wrapText } from '../format.js'
import { serverColumns } from '../measure/server-rows.js'
import { labelled, labelWidth, type Page, type Section } from './page.js'

/** The server's settings that decide results, and what it did while the load ran. */
export function serverSection(page: Page): Section {
  const { settings } = page.result.target
  const present = settingsShown.filter(({ name }) => name in settings)
  const lax = present.filter(({ name, lax }) => lax?.test(settings[name] ?? ''))
  const said = present.map(({ name }) => `${name} ${humanSize(settings[name] ?? '')}`).join(' · ')
  const warning = `! ${lax.map(({ name }) => `${name} ${settings[name]}`).join(', ')}: a crash may lose or damage what was committed`
  const wrap = (text: string) => wrapText(text, page.width - labelWidth)
  return labelled(page, 'Server', [
    ...wrap(said).map(page.paint.dim),
    ...(lax.length === 0 ? [] : wrap(warning).map(page.paint.warn)),
    ...wrap(doings(page)),
    ...wrap(printable(page.result.server.missing ?? '')).map(page.paint.dim),
  ])
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

/** MySQL gives sizes in bytes: `134217728` reads as `128MB`. */
function humanSize(value: string): string {
  const bytes = Number(value)
  return /^\d{7,}$/.test(value) && bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}MB` : printable(value)
}

/** Over the whole load, by the server's own count; what did not happen is left out. */
function doings({ result }: Page): string {
  const { totals } = result.server
  const total = ({ name }: { readonly name: string }) => totals[name] ?? 0
  const { bufferReads, bufferRequests, checkpointsRequested, checkpointsTimed, deadlocks, rowLockWaits, walBytes } = serverColumns
  const commits = result.phases.reduce((sum, phase) => sum + phase.totals.committed, 0)
  const requests = total(bufferRequests)
  const parts = [
    commits > 0 && total(walBytes) >= commits ? `${formatBytes(total(walBytes) / commits)} of WAL per commit` : '',
    requests > 0 ? `cache misses ${formatPercent(Math.min(1, total(bufferReads) / requests))}` : '',
    some(total(checkpointsTimed) + total(checkpointsRequested), 'checkpoint'),
    some(total(deadlocks), 'deadlock'),
    some(total(rowLockWaits), 'row-lock wait'),
  ].filter(text => text !== '')
  return parts.length === 0 ? '' : `over the load: ${parts.join(' · ')}`
}

function some(count: number, what: string): string {
  return count === 0 ? '' : `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`
}
