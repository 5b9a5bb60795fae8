import { formatClock, formatShort } from '../../format.js'
import { area, chartSeconds, niceCeiling, resample, timeScale } from '../chart.js'
import { beside, cell, type Line, line, rule, span } from '../line.js'
import type { Sample, ViewModel } from '../model.js'
import type { Style } from '../theme.js'

const axisWidth = 5

/** Throughput and latency over the window, side by side. */
export function chartsPanel(model: ViewModel, width: number, rows: number): Line[] {
  const gap = 2
  const left = Math.floor((width - gap) / 2)
  const right = width - gap - left
  return beside(
    [
      { width: left, lines: chart(model, 'TPS', model.charts.tps, 'mean', 'tps', left, rows) },
      { width: right, lines: chart(model, 'p95 ms', inMs(model.charts.p95), 'max', 'latency', right, rows) },
    ],
    gap,
  )
}

function chart(
  model: ViewModel,
  name: string,
  samples: readonly Sample[],
  combine: 'max' | 'mean',
  style: Style,
  width: number,
  rows: number,
): Line[] {
  const { end_s } = model.charts
  const columns = width - axisWidth
  const wanted = chartSeconds(model.window.seconds, end_s)
  const scale = timeScale(wanted, columns)
  const values = resample(samples, end_s, columns, scale, combine)
  const top = niceCeiling(Math.max(0, ...values.map(value => value ?? 0)))
  const bars = area(values, rows - 1, top)
  // What belongs to an earlier phase is there for comparison, and dim.
  const older = columns - Math.ceil(((end_s - model.phase.start_s) / scale.secondsPerColumn) * scale.columnsPerSecond)
  const split = Math.min(columns, Math.max(0, older))
  return [
    rule(name, width, lastSeconds(scale.seconds)),
    ...bars.map((text, row) =>
      line(
        cell(axisLabel(row, bars.length, top), axisWidth - 1, 'dim'),
        span(' '),
        span(text.slice(0, split), 'dim'),
        span(text.slice(split), style),
      ),
    ),
  ]
}

function axisLabel(row: number, rows: number, top: number): string {
  if (row === 0) return shortNumber(top)
  if (row === rows - 1) return '0'
  return rows >= 6 && rows % 2 === 0 && row === rows / 2 ? shortNumber(top / 2) : ''
}

function shortNumber(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))).replace(/^0\.(?=...)/, '.') : formatShort(value)
}

function lastSeconds(seconds: number): string {
  return seconds < 120 ? `last ${seconds} s` : `last ${formatClock(seconds)}`
}

function inMs(samples: readonly Sample[]): Sample[] {
  return samples.map(sample => ({ ...sample, value: sample.value === null ? null : sample.value / 1000 }))
}
