import type { CellChange } from '../../demo/matrix-changes.js'
import type { Matrix, MatrixCell, MatrixDemo, MatrixFix, MatrixGap, MatrixLevel } from '../../demo/matrix-model.js'
import type { DemoOutcome } from '../../demo/verdict.js'
import { listed, printable } from '../../format.js'
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

/** A row of a matrix: a demo, or a way out below it. */
export interface MatrixRow {
  readonly demo: string
  /** Null: the story. */
  readonly fix: MatrixFix | null
}

/** The story, then its ways out. */
export function rowsOf({ name, fixes }: MatrixDemo): readonly MatrixRow[] {
  return [null, ...fixes].map(fix => ({ demo: name, fix }))
}

/** `lost-update`, and of a way out `↳ for-update`. */
export function rowText({ demo, fix }: MatrixRow): string {
  return printable(fix === null ? demo : `↳ ${fix.name}`)
}

/** What stands where a row and a server's level meet. */
export function findCell(
  matrix: Matrix,
  server: string,
  { demo, fix }: MatrixRow,
  isolation: Isolation,
): MatrixCell | MatrixGap | undefined {
  const variant = fix?.name ?? null
  const here = (one: MatrixCell | MatrixGap) =>
    one.server === server && one.demo === demo && one.variant === variant && one.isolation === isolation
  return matrix.cells.find(here) ?? matrix.gaps.find(here)
}

/** What a cell or a gap says in a row, with a mark at the level that a way out is meant for. */
export function markedText(one: MatrixCell | MatrixGap, { fix }: MatrixRow): string {
  return 'outcome' in one ? `${cellText(one)}${fix?.isolation === one.isolation ? ' •' : ''}` : gapText(one)
}

/** As in `lost-update, fix for-update`. */
export function tellingText({ demo, variant }: Pick<MatrixCell, 'demo' | 'variant'>): string {
  return variant === null ? demo : `${demo}, fix ${variant}`
}

/** A gap that should not be one, as in `lost-update at serializable on MySQL 9.7.4: its tables cannot be made`. */
export function failureText(gap: MatrixGap): string {
  return `${tellingText(gap)} at ${gap.isolation} on ${gap.server}: ${gap.reason}`
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
    ...(did.length > 0 ? [`${listed(did)} ${did.length === 1 ? 'happens' : 'happen'}`] : []),
    ...(didNot.length > 0 ? [`${listed(didNot)} ${didNot.length === 1 ? 'does' : 'do'} not${did.length > 0 ? '' : ' happen'}`] : []),
    ...(not_played.length > 0 ? [`${listed(not_played)} ${not_played.length === 1 ? 'was' : 'were'} not played`] : []),
    ...(exceptions.length > 0 ? [`yet no serial order explains ${listed(exceptions.map(({ demo }) => demo))}`] : []),
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

/** What the signs mean, of those that may be there. */
export function legendOf({ demos }: Pick<Matrix, 'demos'>): readonly string[] {
  return demos.some(({ fixes }) => fixes.length > 0) ? [...legend, ...legendOfFixes] : legend
}

const legend: readonly string[] = [
  '✗ happens: the rule is broken, or no serial order explains what was read',
  '! an error of the server, by its code',
  '… prevented by waiting',
  '✓ prevented otherwise',
  '– not told there',
]

const legendOfFixes: readonly string[] = [
  '↳ a way out of what is above it, and holds where it is not ✗',
  '• at the level that it is meant for',
]
