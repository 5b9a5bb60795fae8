import type { Controls } from './keys.js'
import { type Content, type Layout, layout, smallest } from './layout.js'
import { beside, fitLine, fitRows, type Line } from './line.js'
import type { ViewModel } from './model.js'
import { chartsPanel } from './panels/charts.js'
import { checkDetails, checksPanel, countChecks } from './panels/checks.js'
import { distributionPanel } from './panels/distribution.js'
import { errorMessages, errorsPanel } from './panels/errors.js'
import { eventsPanel } from './panels/events.js'
import { footerLine } from './panels/footer.js'
import { phaseLine, titleLine } from './panels/header.js'
import { helpPanel } from './panels/help.js'
import { numbersPanel } from './panels/numbers.js'
import { preparationPanel } from './panels/preparation.js'
import { serverLine } from './panels/server.js'
import { transactionsPanel } from './panels/transactions.js'
import { tooSmall } from './too-small.js'

const gap = 2

/** The whole screen: exactly `rows` − 1 lines of at most `columns` columns. */
export function drawScreen(model: ViewModel, controls: Controls, keysWork: boolean, columns: number, rows: number): Line[] {
  const height = Math.max(1, rows - 1)
  if (columns < smallest.columns || rows < smallest.rows) return fitRows(tooSmall(columns, rows), height)
  const body = fitRows(drawBody(model, controls, columns, rows), height - 2)
  const lines = [titleLine(model, columns, controls.frozen), ...body, footerLine(controls, keysWork, columns)]
  return lines.map(each => fitLine(each, columns))
}

function drawBody(model: ViewModel, controls: Controls, columns: number, rows: number): Line[] {
  if (controls.help) return helpPanel(columns)
  if (model.status === 'PREPARING' || model.phases.length === 0) return preparationPanel(model, columns, rows - 3)
  const top = [phaseLine(model, columns), ...numbersPanel(model, columns)]
  const room = rows - 1 - 2 - top.length
  switch (controls.view) {
    case 'overview':
      return [...top, ...overview(model, layout(columns, rows, contentOf(model)))]
    case 'transactions':
      return [...top, ...transactionsView(model, columns, room)]
    case 'errors':
      return [...top, ...errorsView(model, columns, room)]
    case 'checks':
      return [...top, ...checksView(model, columns, room)]
  }
}

function overview(model: ViewModel, plan: Layout): Line[] {
  const { columns, wide, charts, transactions, statements, details, server, checks, events } = plan
  return [
    ...fitRows(chartsPanel(model, columns, charts), charts),
    ...fitRows(transactionsPanel(model, columns, transactions, statements), transactions + statements),
    ...detailPanels(model, columns, details, wide),
    ...fitRows([serverLine(model, columns)], server),
    ...(wide
      ? pair(
          columns,
          0.5,
          width => checksPanel(model, width, checks),
          width => eventsPanel(model, width, checks),
          checks,
        )
      : fitRows(checksPanel(model, columns, checks), checks)),
    ...fitRows(eventsPanel(model, columns, events), events),
  ]
}

function detailPanels(model: ViewModel, columns: number, rows: number, wide: boolean): Line[] {
  if (rows === 0) return []
  return pair(
    columns,
    wide ? 0.5 : 0.33,
    width => distributionPanel(model, width, rows),
    width => errorsPanel(model, width, rows),
    rows,
  )
}

function transactionsView(model: ViewModel, columns: number, room: number): Line[] {
  const transactions = Math.min(2 + model.transactions.length, room)
  return transactionsPanel(model, columns, transactions, Math.max(0, room - transactions))
}

function errorsView(model: ViewModel, columns: number, room: number): Line[] {
  const table = Math.min(Math.max(3, 2 + model.errors.length), Math.max(4, Math.floor(room / 2)))
  const messages = Math.min(1 + 2 * model.errors.length, Math.floor((room - table) * 0.7))
  return [
    ...fitRows(errorsPanel(model, columns, table), table),
    ...(messages > 2 ? errorMessages(model, columns, messages) : []),
    ...eventsPanel(model, columns, Math.max(0, room - table - (messages > 2 ? messages : 0))),
  ]
}

function checksView(model: ViewModel, columns: number, room: number): Line[] {
  const checks = checkDetails(model, columns)
  const left = room - checks.length
  const distribution = left >= 6 ? distributionPanel(model, Math.min(columns, 80), Math.min(left, 12)) : []
  return [...checks, ...distribution, ...(left > 12 ? [serverLine(model, columns)] : [])]
}

function pair(columns: number, share: number, left: (width: number) => Line[], right: (width: number) => Line[], rows: number): Line[] {
  const leftWidth = Math.floor((columns - gap) * share)
  const rightWidth = columns - gap - leftWidth
  return fitRows(
    beside(
      [
        { lines: left(leftWidth), width: leftWidth },
        { lines: right(rightWidth), width: rightWidth },
      ],
      gap,
    ),
    rows,
  )
}

function contentOf(model: ViewModel): Content {
  return { transactions: Math.max(1, model.transactions.length), statements: model.statements.length, checks: countChecks(model) }
}
