import { formatCount, printable, wrapText } from '../format.js'
import type { AnomalyCheck } from '../measure/anomaly-check.js'
import { labelled, labelWidth, type Page, type Section } from './page.js'

type Anomalies = AnomalyCheck['anomalies']

/** As in `G2-item 12, lost update 3`. */
export function anomaliesText(anomalies: Anomalies): string {
  return anomalies.map(({ name, count }) => `${name} ${formatCount(count)}`).join(', ')
}

/** Anomalies by name: how many, how many a minute, what the name means, and the shortest proof of the worst of each check. */
export function anomalySection(page: Page): Section {
  const { result, width, paint } = page
  const found = result.checks.filter(({ anomalies }) => anomalies.length > 0)
  const lines = found.flatMap(({ anomalies, exact }) => [
    ...anomalies.map(anomaly => rowOf(anomaly, exact, anomaly.breaks ? paint.bad : paint.warn)),
    ...proofOf(anomalies).flatMap(sentence => wrapText(printable(sentence), width - labelWidth - 2).map(text => `  ${paint.dim(text)}`)),
  ])
  return labelled(page, 'Anomalies', lines)
}

function rowOf({ name, count, per_minute, meaning }: Anomalies[number], exact: boolean, style: (text: string) => string): string {
  const least = exact ? '' : '≥ '
  const number = `${least}${formatCount(count)}`.padStart(9)
  const rate = `${least}${formatCount(Math.round(per_minute))}/min`.padStart(13)
  return `${style(name.padEnd(18))}${number}${rate}  ${meaning}`
}

function proofOf(anomalies: Anomalies): readonly string[] {
  return anomalies.find(({ sentences }) => sentences.length > 0)?.sentences ?? []
}
