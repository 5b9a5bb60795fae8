import type { DemoResult } from '../../demo/result.js'
import type { FinalRows } from '../../demo/rule.js'
import { forWhomAndWhat } from '../../demo/whom.js'
import { formatValue } from '../../scenario/format-value.js'
import { escapeHtml } from './html.js'

type Step = DemoResult['steps'][number]

/** What happened when a demo was played, as HTML: sessions as columns, steps as rows, and why. */
export function transcriptHtml(result: DemoResult): string {
  const sessions = Object.keys(result.commits)
  const heads = sessions.map(session => `<th scope="col">${escapeHtml(sessionTitle(result, session))}</th>`).join('')
  const rows = result.steps
    .filter(({ sql }) => sql !== '')
    .map(step => {
      const cells = sessions.map(session => `<td>${session === step.session ? stepHtml(step) : ''}</td>`).join('')
      return `<tr><td>${step.number}</td>${cells}</tr>`
    })
  return [
    `<div class="scroll"><table class="steps"><thead><tr><th scope="col">#</th>${heads}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`,
    result.final === null ? '' : `<p>What is left:</p>${rowsHtml(result.final)}`,
    result.not_judged === null ? '' : `<p class="soft">No question of serializability: ${escapeHtml(result.not_judged)}.</p>`,
    `<ul>${result.explanation.map(line => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`,
  ].join('\n')
}

function sessionTitle({ levels }: DemoResult, session: string): string {
  const own = levels[session]
  return own === undefined ? session : `${session} (${own})`
}

function stepHtml({ sql, status, skipped, answer, error, waited, woken_by, attempt, deferred, note }: Step): string {
  return [
    `<div class="sql${skipped === null ? '' : ' skipped'}">${escapeHtml(sql)}</div>`,
    ...(attempt > 1 ? [`<div class="soft">attempt ${attempt}</div>`] : []),
    ...(deferred ? ['<div class="soft">later than its place: its session waited</div>'] : []),
    ...(note === null ? [] : [`<div class="soft">${escapeHtml(note)}</div>`]),
    ...(waited === null ? [] : [`<div class="waited">${escapeHtml(waitText(waited, woken_by))}</div>`]),
    ...(skipped === null ? [] : [`<div class="soft">not sent: ${skipReasons[skipped]}</div>`]),
    ...(error === null ? [] : [`<div class="failed">! ${escapeHtml(`${error.code} ${error.message}`)}</div>`]),
    ...(answer === null ? [] : [answer.columns.length > 0 ? rowsHtml(answer) : changedHtml(answer.affected, sql)]),
    ...(status === 'waiting' ? ['<div class="waited">… never answered</div>'] : []),
  ].join('')
}

const skipReasons: { readonly [why in NonNullable<Step['skipped']>]: string } = {
  condition: 'what it had read did not call for it',
  'gave up': 'its transaction had failed',
}

function waitText(waited: NonNullable<Step['waited']>, wokenBy: Step['woken_by']): string {
  return `… waits${forWhomAndWhat(waited)}${wokenBy === null ? '' : `, until step ${wokenBy}`}`
}

function changedHtml(affected: number, sql: string): string {
  if (!/^\s*(INSERT|UPDATE|DELETE|MERGE|REPLACE)\b/i.test(sql)) return ''
  return `<div class="soft">${affected} row${affected === 1 ? '' : 's'}</div>`
}

function rowsHtml({ columns, rows }: FinalRows): string {
  if (rows.length === 0) return '<div class="soft">no rows</div>'
  const head = columns.map(column => `<th scope="col">${escapeHtml(column)}</th>`).join('')
  const body = rows.map(row => `<tr>${row.map(value => `<td>${escapeHtml(formatValue(value))}</td>`).join('')}</tr>`)
  return `<table class="rows"><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`
}
