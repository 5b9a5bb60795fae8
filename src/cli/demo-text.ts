import { displayWidth, printable, wrapText } from '../format.js'
import type { Demo } from '../scenario/demo/model.js'

/** Wider lines are hard to follow. */
const widest = 100

/** The demos by theme, one line each, then the running order of a workshop. */
export function listDemos(demos: readonly Demo[], columns: number): string {
  const width = Math.max(60, Math.min(widest, columns))
  const names = Math.max(0, ...demos.map(({ name }) => displayWidth(name)))
  const sections = [
    ...themesOf(demos).map(theme => [
      printable(theme),
      ...inTheme(demos, theme).flatMap(({ name, summary }) => entry(name, printable(summary), names, width)),
    ]),
    runningOrder(demos, width),
    [
      'oltp demo NAME                    play it; on a terminal step by step',
      'oltp demo NAME --plain --fixes    the story, then every way out',
    ],
  ]
  return `${sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')}\n`
}

/** How to see the other tellings of a demo that was just played. @param called the demo as the user named it */
export function waysOut({ variants }: Demo, called: string, columns: number): string {
  const width = Math.max(60, Math.min(widest, columns))
  const names = Math.max(0, ...variants.map(({ name }) => displayWidth(name)))
  const list = (heading: string, fix: boolean) => {
    const lines = variants.filter(variant => variant.fix === fix).flatMap(({ name, title }) => entry(name, printable(title), names, width))
    return lines.length === 0 ? [] : [`${heading}: oltp demo ${called} --variant …`, ...lines]
  }
  return [...list('Ways out', true), ...list('Told differently', false)].map(line => `${line}\n`).join('')
}

/** As a workshop comes to them; those that it leaves out at the end. */
function themesOf(demos: readonly Demo[]): readonly string[] {
  const place = (theme: string) =>
    Math.min(...demos.filter(demo => demo.theme === theme).map(({ workshop }) => workshop ?? Number.MAX_SAFE_INTEGER))
  return [...new Set(demos.map(({ theme }) => theme))].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
}

/** The core first. */
function inTheme(demos: readonly Demo[], theme: string): readonly Demo[] {
  const own = demos.filter(demo => demo.theme === theme)
  return [...own.filter(({ core }) => core), ...own.filter(({ core }) => !core)]
}

function entry(name: string, summary: string, names: number, width: number): readonly string[] {
  const lines = wrapText(summary, width - names - 4)
  return lines.map((line, at) => `  ${at === 0 ? name + ' '.repeat(names - displayWidth(name)) : ' '.repeat(names)}  ${line}`)
}

function runningOrder(demos: readonly Demo[], width: number): readonly string[] {
  const chosen = demos.flatMap(({ name, workshop }) => (workshop === null ? [] : [{ name, workshop }]))
  if (chosen.length === 0) return []
  const names = chosen.sort((a, b) => a.workshop - b.workshop).map(({ name }) => name)
  return ['A workshop of 90 minutes, in this order', ...wrapText(names.join(' → '), width - 2).map(line => `  ${line}`)]
}
