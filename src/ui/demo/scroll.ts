import type { Line } from '../line.js'

export interface Scrolled {
  readonly lines: Line[]
  /** Rows that are hidden before and after. */
  readonly above: number
  readonly below: number
  /** By how many it was moved: no further than there is anything. */
  readonly scroll: number
}

/**
 * The part of `blocks` that fits into `rows`: all of the block in focus (its beginning, where it is higher than that), some of what comes
 * after it, and what came before. `by` moves it.
 */
export function scrollTo(blocks: readonly (readonly Line[])[], focus: number, rows: number, by: number): Scrolled {
  const lines = blocks.flat()
  const start = blocks.slice(0, focus).reduce((sum, block) => sum + block.length, 0)
  const end = start + (blocks[focus]?.length ?? 0)
  const ahead = Math.floor(rows / 4)
  const wanted = Math.min(start, end + ahead - rows)
  const last = Math.max(0, lines.length - rows)
  const unmoved = clamp(Math.max(wanted, end - rows > start ? start : end - rows), last)
  const from = clamp(unmoved + by, last)
  return { lines: lines.slice(from, from + rows), above: from, below: Math.max(0, lines.length - from - rows), scroll: from - unmoved }
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(0, value), most)
}
