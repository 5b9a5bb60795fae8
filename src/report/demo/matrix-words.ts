import type { CellChange } from '../../demo/matrix-changes.js'
import type { Matrix, MatrixCell, MatrixDemo, MatrixGap, MatrixLevel } from '../../demo/matrix-model.js'
import type { DemoOutcome } from '../../demo/verdict.js'
import { printable } from '../../format.js'
import type { Isolation } from '../../scenario/model.js'

/** A sign beside every word: colours alone reach nobody at the back of a room. */
export const marks: { readonly [outcome in DemoOutcome]: string } = { happens: '✗', prevented: '✓', waits: '…', error: '!' }

/** As in `✗ happens` or `! 40001`; more than one different code is `! 40001 +1`. */
export function cellText({ outcome, codes }: Pick<MatrixCell, 'outcome' | 'codes'>): string {
  const [first, ...others] = new Set(codes)
  const said = outcome === 'error' ? printable(`${first}${others.length > 0 ? ` +${others.length}` : ''}`) : outcome
  return `${marks[outcome]} ${said}`
}

/** Where there is no cell. */
export function gapText({ failed }: Pick<MatrixGap, 'failed'>): string {
  return failed ? '? failed' : '–'
}

/** What stands where a demo's row and a server's level meet. */
export function findCell(matrix: Matrix, server: string, demo: string, isolation: Isolation): MatrixCell | MatrixGap | undefined {
  const here = (one: MatrixCell | MatrixGap) => one.server === server && one.demo === demo && one.isolation === isolation
  return matrix.cells.find(here) ?? matrix.gaps.find(here)
}

/** The demos under their themes, in the order in which each theme first appears. */
export function byTheme({ demos }: Matrix): readonly { readonly theme: string; readonly demos: readonly MatrixDemo[] }[] {
  return [...new Set(demos.map(({ theme }) => theme))].map(theme => ({ theme, demos: demos.filter(demo => demo.theme === theme) }))
}

export function levelName({ level, at_least }: Pick<MatrixLevel, 'level' | 'at_least'>): string {
  if (level === null) return 'not known'
  return at_least ? `at least ${level}` : level
}

/** What a server gives whoever asks for a level, and how that is known. */
export function levelSentence(level: MatrixLevel): string {
  const is = level.level === null ? `what ${level.isolation} is cannot be told` : `${level.isolation} is ${levelName(level)}`
  return `${is}: ${levelReason(level)}`
}

/** Whether enough was played to tell of any level what it is. */
export function tellsLevels({ levels }: Matrix): boolean {
  return levels.some(({ level }) => level !== null)
}

/** What a level is inferred from, as in «lost-update happens; dirty-read and otv do not». */
function levelReason({ rests_on, ruled_out_by, not_played, exceptions }: MatrixLevel): string {
  const did = ruled_out_by.map(({ demo }) => demo)
  const didNot = rests_on.map(({ demo }) => demo)
  return [
    ...(did.length > 0 ? [`${enumerate(did)} ${did.length === 1 ? 'happens' : 'happen'}`] : []),
    ...(didNot.length > 0 ? [`${enumerate(didNot)} ${didNot.length === 1 ? 'does' : 'do'} not${did.length > 0 ? '' : ' happen'}`] : []),
    ...(not_played.length > 0 ? [`${enumerate(not_played)} ${not_played.length === 1 ? 'was' : 'were'} not played`] : []),
    ...(exceptions.length > 0 ? [`yet no serial order explains ${enumerate(exceptions.map(({ demo }) => demo))}`] : []),
  ].join('; ')
}

/** `rule broken, not serializable`: why a cell says what it says. */
export function verdictText({ serializable, rule_held }: Pick<MatrixCell, 'serializable' | 'rule_held'>): string {
  return [
    ...(rule_held === null ? [] : [rule_held ? 'rule kept' : 'rule broken']),
    ...(serializable === null ? ['not a question of serializability'] : [serializable ? 'serializable' : 'not serializable']),
  ].join(', ')
}

/** What became of a cell; the verdict is added where the signs alone show no difference. */
export function changeText({ before, after }: Pick<CellChange, 'before' | 'after'>): string {
  const [was, is] = [cellText(before), cellText(after)]
  return was === is ? `${was} (${detail(before)}) → (${detail(after)})` : `${was} → ${is}`
}

function detail(verdict: CellChange['before']): string {
  return [verdictText(verdict), ...verdict.codes].join(', ')
}

export const legend: readonly string[] = [
  '✗ happens: the rule is broken, or no serial order explains what was read',
  '! an error of the server, by its code',
  '… prevented by waiting',
  '✓ prevented otherwise',
  '– not told there',
]

function enumerate(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
