import { isScalar, type Pair, type Scalar } from 'yaml'
import type { YamlNode, YamlScalar } from './diagnostics.js'
import type { Report } from './report.js'

/**
 * In `{ a: zipf(1, 10) }` YAML ends the value at the comma and makes `10)` a key. Says so once, and returns the value as it was
 * meant, so that nothing else goes wrong because of it.
 */
export function joinCommaPairs(
  pairs: readonly Pair[],
  text: string,
  report: Report,
): readonly { readonly pair: Pair; readonly value: YamlScalar | null }[] {
  const joined: { pair: Pair; value: YamlScalar | null }[] = []
  for (const pair of pairs) {
    const previous = joined.at(-1)
    const first = previous && rangeOf(previous.pair.value)
    const rest = pair.value === null ? rangeOf(pair.key) : null
    if (!previous || !first || !rest) joined.push({ pair, value: null })
    else previous.value = join(first[0], rest[1], text)
  }
  for (const { value } of joined) {
    if (value) reportComma(value, report)
  }
  return joined
}

/** The same in `[zipf(1, 10)]`, where only the brackets can tell. */
export function joinCommaItems(items: readonly YamlNode[], text: string, report: Report): readonly YamlNode[] {
  const joined: YamlNode[] = []
  for (const item of items) {
    const previous = joined.at(-1)
    if (isPlain(previous) && isPlain(item) && isOpen(previous.source)) joined[joined.length - 1] = join(previous.start, item.end, text)
    else joined.push(item)
  }
  for (const item of joined) {
    if (!items.includes(item) && item.kind === 'scalar') reportComma(item, report)
  }
  return joined
}

function reportComma(value: YamlScalar, report: Report): void {
  const comma = value.start + value.source.indexOf(',')
  report.problemAt(comma, comma + 1, 'this comma ends the value', {
    label: 'inside { } and [ ] a comma separates entries',
    hint: `put quotes around the value: "${value.source}"`,
  })
}

function join(start: number, end: number, text: string): YamlScalar {
  const source = text.slice(start, end)
  return { kind: 'scalar', start, end, value: source, source, quoted: false }
}

function rangeOf(node: unknown): readonly [number, number] | null {
  if (!isScalar(node) || (node as Scalar).type !== 'PLAIN' || !node.range || node.source === '') return null
  return [node.range[0], node.range[1]]
}

function isPlain(node: YamlNode | undefined): node is YamlScalar {
  return node?.kind === 'scalar' && !node.quoted
}

function isOpen(source: string): boolean {
  return source.split('(').length > source.split(')').length
}
