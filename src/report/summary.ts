import type { Result } from '../measure/result.js'
import { anomalySection } from './anomalies.js'
import { checkSection } from './checks.js'
import { headline } from './headline.js'
import { machineSection } from './machine.js'
import { nextCommands } from './next.js'
import { labelled, type Page, type Section } from './page.js'
import { createPaint } from './paint.js'
import { retrySection } from './retries.js'
import { serverSection } from './server.js'
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
    anomalySection(page),
    checkSection(page),
    [...serverSection(page), ...machineSection(page), ...savedLine(page, options.savedTo)],
    nextLines(page),
  ]
  return sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')
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
