import type { Place, ProblemDetails, Reader, YamlEntry, YamlMap, YamlNode, YamlScalar } from './diagnostics.js'
import { nearest, suggest } from './nearest.js'
import type { Report } from './report.js'
import { parseDuration } from './units.js'

/** The readers of values, over one report. */
export function createReader(report: Report): Reader {
  const problem = (place: Place, message: string, details: ProblemDetails) => report.problem(place, message, details)

  function expected(node: YamlNode, what: string, wanted: string, hint: string): void {
    problem(node, `${what} must be ${wanted}, found ${describe(node)}`, { hint })
  }

  function scalar(node: YamlNode, what: string, wanted: string, hint: string): YamlScalar | null {
    if (node.kind === 'scalar') return node
    expected(node, what, wanted, hint)
    return null
  }

  function number(
    node: YamlNode,
    what: string,
    wanted: string,
    range: { readonly min?: number; readonly max?: number },
    whole: boolean,
  ): number {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = range
    if (node.kind !== 'scalar' || typeof node.value !== 'number' || !Number.isFinite(node.value)) {
      const hint = node.kind === 'scalar' && /^[\d.]+$/.test(node.source) ? 'remove the quotes' : 'write it in digits, without a unit'
      expected(node, what, wanted, hint)
    } else if (whole && !Number.isSafeInteger(node.value)) expected(node, what, wanted, 'write it without a fraction or an exponent')
    else if (node.value < min)
      problem(node, `${what} must be ${min} or more, found ${node.source}`, { hint: `raise it to ${min} at least` })
    else if (node.value > max) problem(node, `${what} must be ${max} or less, found ${node.source}`, { hint: `lower it to ${max} at most` })
    else return node.value
    return Math.max(1, Number.isFinite(min) ? min : 1)
  }

  const reader: Reader = {
    problem,
    map(node, what, keys, required = []) {
      if (node.kind !== 'map') {
        expected(
          node,
          what,
          `a map of ${keys.slice(0, 4).join(', ')}${keys.length > 4 ? ', …' : ''}`,
          `as in { ${required[0] ?? keys[0]}: … }`,
        )
        return emptyMap(node)
      }
      const unknown = node.entries.filter(entry => !keys.includes(entry.key))
      // What is there already is not what was meant.
      const absent = keys.filter(key => !node.entries.some(entry => entry.key === key))
      for (const { key, keyNode } of unknown) {
        problem(keyNode, `unknown key \`${key}\` in ${what}`, { hint: suggest(key, absent) ?? suggest(key, keys) ?? 'remove it' })
      }
      const misspelt = new Set(unknown.map(entry => nearest(entry.key, keys)))
      const missing = required.filter(key => !misspelt.has(key) && !node.entries.some(entry => entry.key === key))
      if (missing.length > 0) {
        const place = { ...node, end: Math.min(node.end, node.start + 1) }
        problem(node.entries[0]?.keyNode ?? place, `${what} lacks ${missing.map(key => `\`${key}\``).join(' and ')}`, {
          hint: `add \`${missing[0]}:\``,
        })
      }
      return node
    },
    dictionary(node, what) {
      if (node.kind !== 'map') {
        expected(node, what, 'a map of names and values', 'as in { name: value }')
        return []
      }
      return node.entries.filter(entry => isIdentifier(entry, what, problem))
    },
    get: (map, key) => map.entries.find(entry => entry.key === key)?.value,
    list(node, what) {
      if (node.kind === 'list') return node.items
      expected(node, what, 'a list', 'begin each entry with `- `')
      return []
    },
    text(node, what) {
      const found = scalar(node, what, 'a text', 'write it as one text, in quotes')
      if (!found) return ''
      if (typeof found.value !== 'string')
        expected(found, what, 'a text', found.value === null ? 'write it, or remove the key' : `put it in quotes: "${found.source}"`)
      else if (found.value.trim() === '') problem(found, `${what} is empty`, { hint: 'write it, or remove the key' })
      else return found.value
      return 'x'
    },
    names(node, what) {
      const nodes = node.kind === 'list' ? node.items : [node]
      return nodes.flatMap(item => {
        const name = reader.identifier(item, what)
        return item.kind === 'scalar' ? [{ name, node: item }] : []
      })
    },
    identifier(node, what) {
      const found = scalar(node, what, 'a name', nameHint)
      if (!found) return 'x'
      if (identifier.test(found.source)) return found.source
      problem(found, `${what} must be a name, found ${describe(found)}`, { hint: nameHint })
      return 'x'
    },
    boolean(node, what) {
      if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value
      expected(node, what, 'true or false', 'write true or false, without quotes')
      return false
    },
    integer: (node, what, range = {}) => number(node, what, 'a whole number', range, true),
    number: (node, what, range = {}) => number(node, what, 'a number', range, false),
    oneOf<T extends string>(node: YamlNode, what: string, choices: readonly T[]): T {
      const chosen = node.kind === 'scalar' ? choices.find(choice => choice === node.source) : undefined
      if (chosen !== undefined) return chosen
      const label = `one of: ${choices.join(', ')}`
      const near = node.kind === 'scalar' ? suggest(node.source, choices) : undefined
      problem(node, `unknown ${what} ${describe(node)}`, { label, ...(near?.startsWith('did') ? { hint: near } : {}) })
      return choices[0] as T
    },
    duration(node, what) {
      const found = scalar(node, what, 'a duration', durationHint)
      if (!found) return 1
      const ms = parseDuration(found.source)
      if (ms !== null) return ms
      const bare = /^\d+(\.\d+)?$/.test(found.source)
      const hint = bare ? `with its unit, as in ${found.source}ms or ${found.source}s` : durationHint
      problem(found, `${what} must be a duration, found ${describe(found)}`, { hint })
      return 1
    },
  }
  return reader
}

/** What a node is, for messages: `the text \`abc\``, `a list`. */
export function describe(node: YamlNode): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list'
  const text = node.source.length > 40 ? `${node.source.slice(0, 40)}…` : node.source
  if (node.value === null) return 'nothing'
  return `\`${text.replaceAll('\n', ' ')}\``
}

/** The keys that an object schema knows. */
export function keysOf(schema: { readonly shape: object }): readonly string[] {
  return Object.keys(schema.shape)
}

const nameHint = 'a letter or `_`, then letters, digits and `_`'
const durationHint = 'as in 500us, 5ms, 1.5s, 2m or 1h'
const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/

function isIdentifier(entry: YamlEntry, what: string, problem: Reader['problem']): boolean {
  if (identifier.test(entry.key)) return true
  problem(entry.keyNode, `\`${entry.key}\` cannot be a name in ${what}`, { hint: nameHint })
  return false
}

function emptyMap(node: YamlNode): YamlMap {
  return { kind: 'map', start: node.start, end: node.end, entries: [] }
}
