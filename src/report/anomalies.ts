import { formatCount, formatSeconds, printable, wrapText } from '../format.js'
import type { AnomalyCheck } from '../measure/anomaly-check.js'
import { labelled, labelWidth, type Page, type Section } from './page.js'

type Anomalies = AnomalyCheck['anomalies']

/** As in `G2-item 12, lost update 3`. */
export function anomaliesText(anomalies: Anomalies): string {
  return anomalies.map(({ name, count }) => `${name} ${formatCount(count)}`).join(', ')
}

/** By check, anomalies by name: how many, how many a minute, what the name means, and the shortest proof of each. */
export function anomalySection(page: Page): Section {
  const { result, width, paint } = page
  const room = width - labelWidth - 2
  const said = (text: string) => wrapText(printable(text), room).map(part => `  ${paint.dim(part)}`)
  const found = result.checks.filter(({ anomalies }) => anomalies.length > 0)
  const measured_s = Math.max(...found.map(check => check.measured_s))
  const counted = `counts are of the whole load, rates ${measured_s > 0 ? `of the ${formatSeconds(measured_s)} measured` : 'unknown: nothing was measured'}`
  const heading = found.length === 0 ? [] : wrapText(counted, room + 2).map(paint.dim)
  const lines = found.flatMap(check => [
    ...wrapText(headingOf(check, measured_s), room + 2).map(paint.strong),
    ...check.anomalies.flatMap(anomaly => [
      rowOf(anomaly, check.exact, anomaly.breaks ? paint.bad : paint.warn),
      ...anomaly.sentences.flatMap(said),
    ]),
  ])
  return labelled(page, 'Anomalies', [...heading, ...lines])
}

/** The check, how much of what it found is in no rate, and where it could not count over all that was measured, over how much. */
function headingOf({ name, anomalies, measured_s }: AnomalyCheck, most_s: number): string {
  const outside = anomalies.reduce((sum, { count, measured }) => sum + (measured === null ? 0 : count - measured), 0)
  const over = formatSeconds(measured_s)
  const said = [
    ...(measured_s > 0 && over !== formatSeconds(most_s) ? [`rates of ${over}`] : []),
    ...(outside > 0 ? [`${formatCount(outside)} before or after what was measured`] : []),
  ]
  return said.length === 0 ? printable(name) : `${printable(name)} (${said.join('; ')})`
}

function rowOf({ name, count, per_minute, meaning }: Anomalies[number], exact: boolean, style: (text: string) => string): string {
  const least = exact ? '' : '≥ '
  const number = `${least}${formatCount(count)}`.padStart(9)
  const rate = (per_minute === null ? '–' : `${least}${formatCount(Math.round(per_minute))}/min`).padStart(13)
  return `${style(name.padEnd(18))}${number}${rate}  ${meaning}`
}
