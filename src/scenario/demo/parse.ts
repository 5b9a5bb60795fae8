import type { Reader, YamlMap, YamlNode } from '../diagnostics.js'
import { createReader, describe, keysOf } from '../reader.js'
import { createReport, type Report } from '../report.js'
import { createSectionContext, type SectionContext } from '../sections/context.js'
import { readName, readNamed } from '../sections/names.js'
import { checkText } from '../text.js'
import { readYaml } from '../yaml.js'
import type { Demo, DemoPlot, DemoVariant } from './model.js'
import { readPlot } from './plot.js'
import { demoSchema, variantSchema } from './schema.js'

/**
 * A demo file's text as a checked `Demo`, every default filled in.
 *
 * @param file as it is to be named in messages
 * @throws OltpError SCENARIO_INVALID with everything that is wrong with the file, each problem with its place
 */
export function parseDemo(text: string, file: string): Demo {
  checkText(text, file)
  const report = createReport(text, file)
  const tree = readYaml(text, report)
  const demo = tree && readDemo(tree, report, { file, text })
  report.throwIfAny()
  if (!demo) throw new Error('a demo that could not be read has no problem')
  return demo
}

function readDemo(tree: YamlNode, report: Report, source: Pick<Demo, 'file' | 'text'>): Demo | null {
  const reader = createReader(report)
  if (tree.kind !== 'map') {
    report.problem(tree, `a demo is a map of keys and values, found ${describe(tree)}`, { hint: 'begin with `version: 1`' })
    return null
  }
  const required = ['version', 'name', 'kind', 'title', 'theme', 'summary', 'story', 'setup', 'sessions', 'schedule']
  const map = reader.map(tree, 'a demo', keysOf(demoSchema), required)
  const context = createSectionContext(reader, report, new Set(), () => {})
  function read<Result>(key: string, read: (node: YamlNode) => Result): Result | undefined {
    const node = reader.get(map, key)
    return node && read(node)
  }
  read('version', node => readVersion(node, reader))
  const kind = read('kind', node => reader.oneOf<Demo['kind']>(node, 'kind', ['anomaly', 'locking'])) ?? 'anomaly'
  const plot = readPlot(map, context)
  reportUnjudged(map, kind, plot, reader)
  return {
    ...source,
    name: read('name', node => readName(node, '`name`', reader)) ?? '',
    kind,
    title: read('title', node => reader.text(node, '`title`')) ?? '',
    names: read('names', node => reader.list(node, '`names`').map(item => reader.text(item, 'a name'))) ?? [],
    theme: read('theme', node => reader.text(node, '`theme`')) ?? '',
    summary: read('summary', node => reader.text(node, '`summary`')) ?? '',
    story: read('story', node => reader.text(node, '`story`')) ?? '',
    core: read('core', node => reader.boolean(node, '`core`')) ?? false,
    workshop: read('workshop', node => reader.integer(node, '`workshop`', { min: 1 })) ?? null,
    plot,
    variants: read('variants', node => readVariants(node, plot, context)) ?? [],
  }
}

function readVersion(node: YamlNode, reader: Reader): void {
  if (node.kind === 'scalar' && node.value === 1) return
  reader.problem(node, 'this version of the language is not known', { label: 'the only one is 1', hint: 'write `version: 1`' })
}

/** Locks and time-outs are not judged by what was read: whoever shows them says why. */
function reportUnjudged(map: YamlMap, kind: Demo['kind'], plot: DemoPlot, reader: Reader): void {
  if (kind !== 'locking' || plot.unjudged !== null) return
  reader.problem(reader.get(map, 'kind') ?? map, 'a demo of `kind: locking` is not judged for serializability', {
    hint: 'say why under `unjudged:`, as in «it is about who waits, nothing is read»',
  })
}

function readVariants(node: YamlNode, base: DemoPlot, context: SectionContext): readonly DemoVariant[] {
  return readNamed(node, '`variants`', context).map(({ key: name, keyNode, value }) => {
    const map = context.map(value, `variant \`${name}\``, keysOf(variantSchema), ['title'])
    const [title, fix, cost] = ['title', 'fix', 'cost'].map(key => context.get(map, key))
    const isFix = fix ? context.boolean(fix, '`fix`') : false
    if (isFix && !cost) context.problem(keyNode, 'a fix has its cost', { hint: 'say under `cost:` what it makes slower or harder' })
    return {
      name,
      title: title ? context.text(title, '`title`') : '',
      fix: isFix,
      cost: cost ? context.text(cost, '`cost`') : null,
      plot: readPlot(map, context, base),
    }
  })
}
