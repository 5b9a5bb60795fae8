import type { SourceLocation } from '../errors.js'

/** Turns offsets into a text into lines and columns. A place that spans lines is cut at the end of its first. */
export function createLocator(text: string, file: string): (start: number, end: number) => SourceLocation {
  const lineStarts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1)
  return (start, end) => {
    const index = lastAtOrBefore(lineStarts, Math.min(start, text.length))
    const lineStart = lineStarts[index] ?? 0
    const line = text.slice(lineStart, (lineStarts[index + 1] ?? text.length + 1) - 1).replace(/\r$/, '')
    const column = Math.min(start - lineStart, line.length)
    return { file, line: index + 1, column: column + 1, length: Math.max(1, Math.min(end - start, line.length - column)), text: line }
  }
}

function lastAtOrBefore(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((sorted[middle] ?? 0) <= value) low = middle
    else high = middle - 1
  }
  return low
}
