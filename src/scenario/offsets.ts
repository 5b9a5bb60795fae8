import type { YamlScalar } from './diagnostics.js'

/**
 * For each character of a scalar's value, its offset in the file. Quotes, escapes, folding and a block's indentation are not
 * part of the value, so both are walked side by side; where they do not fit exactly (an escape), the nearest place serves.
 */
export function offsetsOf(text: string, node: YamlScalar): readonly number[] {
  const offsets: number[] = []
  let at = bodyStart(text, node)
  for (const character of node.source.split('')) {
    if (isSpace(character)) {
      offsets.push(Math.min(at, node.end))
      if (text[at] === '\\') at += 2
      else if (isSpace(text[at])) at++
      continue
    }
    const next = find(text, character, at, node.end)
    if (next >= 0) at = next
    offsets.push(Math.min(at, node.end))
    at++
    if (node.quoted && character === "'" && text[node.start] === "'" && text[at] === "'") at++
  }
  return offsets
}

function bodyStart(text: string, node: YamlScalar): number {
  if (node.quoted) return node.start + 1
  const first = text[node.start]
  if (first !== '|' && first !== '>') return node.start
  const newline = text.indexOf('\n', node.start)
  return newline < 0 ? node.start : newline + 1
}

/** Looks past white space, line breaks and a backslash only: anything else means that the two have drifted apart. */
function find(text: string, character: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (text[at] === character) return at
    if (!isSpace(text[at]) && text[at] !== '\\') return -1
  }
  return -1
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r'
}
