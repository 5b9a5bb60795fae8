import type { Comparison } from './compare.js'

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

/** As in `0.91 (0.88 to 0.95)`: the median of the pairs' ratios, the least and the greatest. */
export function ratioText({ ratio, least, greatest }: Comparison): string {
  return `**${ratio.toFixed(2)}** (${least.toFixed(2)} to ${greatest.toFixed(2)})`
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}
