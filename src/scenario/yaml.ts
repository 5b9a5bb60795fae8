import { isAlias, isMap, isPair, isScalar, isSeq, type Pair, parseDocument, Scalar } from 'yaml'
import { joinCommaItems, joinCommaPairs } from './commas.js'
import type { YamlEntry, YamlMap, YamlNode, YamlScalar } from './diagnostics.js'
import { findTooDeep } from './nesting.js'
import type { Report } from './report.js'
import { reportSyntaxErrors } from './syntax-errors.js'

/**
 * The tree of a file's one document, or null when its syntax is broken (reported). What YAML has and the language has not
 * (aliases, anchors, tags, merge keys, further documents, directives, duplicate keys) is reported, once, where it stands.
 */
export function readYaml(text: string, report: Report): YamlNode | null {
  const tooDeep = findTooDeep(text)
  if (tooDeep !== null) {
    report.problemAt(tooDeep, tooDeep + 1, 'nested too deeply', {
      label: 'more than 64 levels',
      hint: 'a scenario needs about ten levels: is there a bracket too many?',
    })
    return null
  }
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: 'error',
  })
  if (reportSyntaxErrors(document, text, report)) return null
  refuseDirectives(text, report)
  return convert(document.contents, { text, report, end: text.length })
}

interface Conversion {
  readonly text: string
  readonly report: Report
  /** Where a value that is not there would be. */
  readonly end: number
}

function convert(node: unknown, conversion: Conversion): YamlNode {
  const converted = convertNode(node, conversion)
  if (refuseProperties(node, converted, conversion)) conversion.report.silence(converted)
  return converted
}

function convertNode(node: unknown, conversion: Conversion): YamlNode {
  if (isMap(node)) {
    const { start, end } = rangeOf(node.range, conversion)
    const pairs = node.items.filter(item => isPair(item))
    const joined = node.flow ? joinCommaPairs(pairs, conversion.text, conversion.report) : pairs.map(pair => ({ pair, value: null }))
    return {
      kind: 'map',
      start,
      end,
      entries: refuseDuplicates(
        joined.map(({ pair, value }) => entryOf(pair, value, conversion)),
        conversion,
      ),
    }
  }
  if (isSeq(node)) {
    const { start, end } = rangeOf(node.range, conversion)
    const items = node.items.map(item => (isPair(item) ? pairAsMap(item, conversion) : convert(item, conversion)))
    return { kind: 'list', start, end, items: node.flow ? joinCommaItems(items, conversion.text, conversion.report) : items }
  }
  if (isScalar(node)) return scalarOf(node, conversion)
  const { start, end } = rangeOf(isAlias(node) ? node.range : null, conversion)
  return { kind: 'scalar', start, end, value: null, source: '', quoted: false }
}

function entryOf(pair: Pair, value: YamlScalar | null, conversion: Conversion): YamlEntry {
  const { report } = conversion
  const key = convert(pair.key, conversion)
  const keyNode: YamlScalar =
    key.kind === 'scalar' ? key : { kind: 'scalar', start: key.start, end: key.end, value: null, source: '', quoted: false }
  if (key.kind !== 'scalar') {
    report.problem(key, 'a key must be a plain word', { hint: 'a list or a map cannot be a key: write `key: value`' })
    report.silence(keyNode)
  } else if (dangerous.has(keyNode.source)) {
    report.problem(keyNode, `\`${keyNode.source}\` cannot be used as a key`, { hint: 'choose another name' })
    report.silence(keyNode)
  } else if (keyNode.source === '<<' && !keyNode.quoted) {
    report.problem(keyNode, 'merge keys are not part of the language', { hint: 'write the values out' })
    report.silence(keyNode)
  }
  return { key: keyNode.source, keyNode, value: value ?? convert(pair.value, { ...conversion, end: keyNode.end }) }
}

// Words with a meaning of their own to JavaScript objects.
const dangerous: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** `[a: 1]` is YAML for `[{a: 1}]`. */
function pairAsMap(pair: Pair, conversion: Conversion): YamlMap {
  const entry = entryOf(pair, null, conversion)
  return { kind: 'map', start: entry.keyNode.start, end: entry.value.end, entries: [entry] }
}

function scalarOf(node: Scalar, conversion: Conversion): YamlScalar {
  const { start, end } = rangeOf(node.range, conversion)
  const value = node.value
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
  const source = node.source ?? (plain === null ? '' : String(plain))
  return {
    kind: 'scalar',
    start,
    end,
    value: plain,
    source,
    quoted: node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE,
  }
}

function rangeOf(range: readonly [number, number, number] | null | undefined, conversion: Conversion): { start: number; end: number } {
  if (!range) return { start: Math.max(0, conversion.end - 1), end: conversion.end }
  const start = range[0]
  const end = start + conversion.text.slice(start, range[1]).trimEnd().length
  return { start, end: Math.max(end, start) }
}

function refuseDuplicates(entries: readonly YamlEntry[], { text, report }: Conversion): readonly YamlEntry[] {
  const seen = new Map<string, YamlEntry>()
  for (const entry of entries) {
    const first = seen.get(entry.key)
    if (!first) seen.set(entry.key, entry)
    else if (entry.key !== '') {
      const line = text.slice(0, first.keyNode.start).split('\n').length
      report.problem(entry.keyNode, `duplicate key \`${entry.key}\``, {
        label: `first on line ${line}`,
        hint: 'remove or rename one of the two',
      })
    }
  }
  return [...seen.values()]
}

/** True when the node has been refused. */
function refuseProperties(node: unknown, converted: YamlNode, { text, report }: Conversion): boolean {
  if (isAlias(node)) {
    report.problem(converted, `\`*${node.source}\` is an alias, and aliases are not part of the language`, {
      hint: 'write the value out; a text that begins with `*` needs quotes',
    })
    return true
  }
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return false
  if (node.tag !== undefined) {
    const tag = wordBefore(text, converted.start, '!')
    report.problemAt(tag.start, tag.end, `\`${tag.word}\` is a tag, and tags are not part of the language`, {
      hint: 'write `not …` for a negation; a text that begins with `!` needs quotes',
    })
    return true
  }
  if (node.anchor !== undefined) {
    const anchor = wordBefore(text, converted.start, '&')
    report.problemAt(anchor.start, anchor.end, `\`${anchor.word}\` is an anchor, and anchors are not part of the language`, {
      hint: 'remove it; a text that begins with `&` needs quotes',
    })
  }
  return node.anchor !== undefined
}

/** The tag or anchor that stands before a node. */
function wordBefore(text: string, offset: number, mark: string): { start: number; end: number; word: string } {
  let start = Math.max(0, text.lastIndexOf(mark, offset))
  while (text[start - 1] === mark) start--
  const word = /^\S*/.exec(text.slice(start, start + 100))?.[0] ?? mark
  return { start, end: start + word.length, word }
}

function refuseDirectives(text: string, report: Report): void {
  const directive = /^%\S*/m.exec(text.slice(0, text.search(/^---/m) + 1))
  if (directive) {
    const end = directive.index + directive[0].length
    report.problemAt(directive.index, end, 'directives are not part of the language', { hint: 'remove this line, and the `---` below it' })
  }
}
