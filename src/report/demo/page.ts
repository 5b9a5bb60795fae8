import type { Matrix, MatrixCell } from '../../demo/matrix-model.js'
import type { DemoResult } from '../../demo/result.js'
import type { Demo } from '../../scenario/demo/model.js'
import { cellText, findCell, gapText, marks } from './matrix-words.js'
import { transcribe } from './transcript.js'

/** What a page about a demo is made from: nothing on it is written by hand but the demo's own file. */
export interface PlayedDemo {
  readonly demo: Demo
  /** Of this demo alone. */
  readonly matrix: Matrix
  /** The run that is told in full: where it goes wrong, if it does. */
  readonly told: MatrixCell
  /** Each variant, played where the story was. */
  readonly variants: readonly DemoResult[]
}

const columns = 100

/** A demo's page in Markdown: the story, a real run, what it comes to at every level, and the ways out. */
export function demoPage({ demo, matrix, told, variants }: PlayedDemo): string {
  const names = demo.names.length === 0 ? '' : ` Also called ${demo.names.join(', ')}.`
  const sections = [
    `# ${demo.title}`,
    `${demo.summary}.${names} Theme: ${demo.theme.toLowerCase()}.`,
    demo.story.trim(),
    ...(demo.plot.rule === null ? [] : [`**The rule**: ${demo.plot.rule.text}.`]),
    `\`oltp demo ${demo.name}\` steps through it; ${command(told)} wrote this:`,
    fenced(transcribe(told, { ...demo, story: '' }, { colour: false, columns })),
    '## At every level',
    table(matrix, demo.name),
    ...variants.flatMap(result => variantSections(demo, result)),
    `Made by \`oltp demo --pages\` from \`scenarios/demos/${demo.name}.yaml\` and real runs.`,
  ]
  return `${sections.join('\n\n')}\n`
}

function command({ demo, isolation, engine, variant }: DemoResult): string {
  const telling = variant === null ? '' : ` --variant ${variant}`
  return `\`oltp demo ${demo}${telling} --isolation '${isolation}' --engine ${engine} --plain\``
}

function variantSections(demo: Demo, result: DemoResult): readonly string[] {
  const variant = demo.variants.find(({ name }) => name === result.variant)
  if (variant === undefined) return []
  const said = variant.cost === null ? 'Told differently' : `The cost: ${variant.cost}`
  return [
    `## ${variant.fix ? 'A way out' : 'Another telling'}: ${variant.title}`,
    `${said}. At ${result.isolation} on ${result.product}: ${marks[result.outcome]} ${result.outcome}${ruleText(result)}.`,
    fenced(transcribe(result, { ...demo, variants: [{ ...variant, cost: null }] }, { colour: false, columns })),
  ]
}

function ruleText({ rule, rule_held }: DemoResult): string {
  if (rule_held === null) return rule === null ? '' : ', the rule cannot be told'
  return rule_held ? ', the rule is kept' : ', the rule is broken'
}

function table(matrix: Matrix, demo: string): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rows = matrix.servers.map(({ server, default_isolation }) =>
    line([
      server,
      ...matrix.isolation_levels.map(isolation => {
        const cell = findCell(matrix, server, { demo, fix: null }, isolation)
        if (cell === undefined) return ''
        const text = 'outcome' in cell ? cellText(cell) : gapText(cell)
        return isolation === default_isolation ? `**${text}**` : text
      }),
    ]),
  )
  return [
    line(['server', ...matrix.isolation_levels]),
    line(['---', ...matrix.isolation_levels.map(() => '---')]),
    ...rows,
    '',
    'In bold: the default level of that server.',
  ].join('\n')
}

function fenced(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``
}
