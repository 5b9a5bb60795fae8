import { displayWidth, formatPercent, printable, truncate, wrapText } from '../format.js'
import { formatValue } from '../scenario/format-value.js'
import { hasUngroupedClients } from '../scenario/groups.js'
import type { Parameter, Phase, Scenario, Transaction, Variant } from '../scenario/model.js'
import { formatDuration } from '../scenario/units.js'

const width = 80

/** The scenarios, their titles and their variants, within 80 columns. */
export function listScenarios(scenarios: readonly Scenario[]): string {
  const rows = scenarios.map(({ name, title, variants }) => [name, title, variants.map(variant => variant.name).join(', ')])
  const names = Math.max(...rows.map(([name = '']) => displayWidth(name)), 0)
  const lines = rows.flatMap(([name = '', title = '', variants = '']) => {
    const room = width - names - 2
    const more = variants === '' ? [] : wrapText(`variants: ${variants}`, room)
    return [`${pad(name, names)}  ${truncate(printable(title), room)}`, ...more.map(line => `${' '.repeat(names)}  ${line}`)]
  })
  return `${[...lines, '', 'oltp scenarios show NAME   what it does and what it can be told', 'oltp bench NAME            run it'].join('\n')}\n`
}

/** All that a scenario does, within 80 columns. @param called as the user named it, for the commands at the end */
export function describeScenario(scenario: Scenario, called: string): string {
  const sections = [
    heading(scenario),
    section('Parameters (--set name=value)', scenario.parameters.map(parameterRow)),
    section(
      'Transactions',
      scenario.transactions.map(transaction => transactionRow(transaction, scenario)),
    ),
    section(
      'Groups',
      scenario.groups.map(group => [
        group.name,
        group.clients === null ? formatPercent(group.share ?? 0) : plural(group.clients, 'client'),
        weightsText(group.weights),
      ]),
    ),
    section('Variants (--variant name)', scenario.variants.map(variantRow)),
    section('Phases', scenario.phases.map(phaseRow)),
    section(
      'Invariants',
      scenario.invariants.map(({ name, equals, check }) => [name, check.join(', '), `= ${equals === 'before' ? 'before' : equals.source}`]),
    ),
    section(
      'Thresholds',
      scenario.thresholds.map(({ source }) => [source]),
    ),
    runIt(scenario, called),
  ]
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

function heading({ name, title, description }: Scenario): string[] {
  const text = wrapText(printable(description), width)
  return [title === name ? name : `${name}: ${printable(title)}`, ...(text.length > 0 ? ['', ...text] : [])]
}

function parameterRow({ name, type, default: value, min, max, choices, help }: Parameter): string[] {
  const limits = choices
    ? choices.map(formatValue).join(' | ')
    : [min === null ? '' : `≥ ${min}`, max === null ? '' : `≤ ${max}`].filter(Boolean).join(', ')
  return [name, type, formatValue(value), limits, help]
}

function transactionRow(
  { name, weight, isolation, autocommit, readOnly }: Transaction,
  { transactions, groups, phases }: Scenario,
): string[] {
  const total = transactions.reduce((sum, transaction) => sum + transaction.weight, 0)
  const mix = total > 0 && hasUngroupedClients(groups, phases) ? formatPercent(weight / total) : '–'
  return [
    name,
    mix,
    [isolation ?? 'default isolation', autocommit ? 'autocommit' : '', readOnly ? 'read only' : ''].filter(Boolean).join(', '),
  ]
}

function variantRow(variant: Variant): string[] {
  const { name, title, isolation, defaultIsolation, weights, parameters, phases, thresholds, seed, session } = variant
  const level = isolation ?? defaultIsolation
  const changes = [
    title,
    level ?? '',
    weights ? weightsText(weights) : '',
    ...Object.entries(parameters ?? {}).map(([parameter, value]) => `${parameter} = ${formatValue(value)}`),
    phases ? plural(phases.length, 'phase') : '',
    thresholds ? plural(thresholds.length, 'threshold') : '',
    seed ? 'its own seed' : '',
    session ? 'session settings' : '',
  ]
  return [name, changes.filter(Boolean).join('; ')]
}

function phaseRow({ name, clients, durationMs, transactions, rate, arrivals, measure }: Phase): string[] {
  const range = ({ from, to }: { from: number; to: number }) => (from === to ? `${from}` : `${from} to ${to}`)
  const extent = durationMs === null ? `${plural(transactions ?? 0, 'transaction')} each` : formatDuration(durationMs)
  return [name, extent, `${range(clients)} clients`, rate ? `${range(rate)}/s ${arrivals}` : 'closed loop', measure ? '' : 'not measured']
}

function runIt({ variants, parameters }: Scenario, called: string): string[] {
  const [variant] = variants
  const [parameter] = parameters
  return [
    'Run it',
    `  oltp bench ${called}`,
    ...(variant ? [`  oltp bench ${called} --variant ${variant.name}`] : []),
    ...(parameter ? [`  oltp bench ${called} --set ${parameter.name}=${formatValue(parameter.default)}`] : []),
  ]
}

function weightsText(weights: { readonly [transaction: string]: number }): string {
  return Object.entries(weights)
    .map(([name, weight]) => `${name} ${weight}`)
    .join(', ')
}

/** A title and aligned columns; the last one is wrapped below itself where it does not fit. */
function section(title: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const clean = rows.map(row => row.map(printable))
  const columns = Math.max(...clean.map(row => row.length))
  const widths = Array.from({ length: columns - 1 }, (_, column) =>
    Math.min(40, Math.max(...clean.map(row => displayWidth(row[column] ?? '')))),
  )
  const lines = clean.flatMap(row => {
    const left = widths
      .flatMap((columnWidth, column) => (columnWidth === 0 ? [] : [pad(truncate(row[column] ?? '', columnWidth), columnWidth)]))
      .join('  ')
    const indent = left === '' ? 2 : displayWidth(left) + 4
    const [first = '', ...more] = wrapText(row.at(columns - 1) ?? '', Math.max(20, width - indent))
    return [`  ${left === '' ? '' : `${left}  `}${first}`.trimEnd(), ...more.map(line => `${' '.repeat(indent)}${line}`)]
  })
  return [title, ...lines]
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)))
}
