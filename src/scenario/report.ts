import { exitCodes, OltpError, type Problem, type SourceLocation } from '../errors.js'
import type { Place, ProblemDetails, YamlNode, YamlScalar } from './diagnostics.js'
import { createLocator } from './location.js'
import { offsetsOf } from './offsets.js'

/** All that a file written by hand can have; beyond it something else is wrong than the file's parts. */
const shown = 100

/** Collects what is wrong with one file. */
export interface Report {
  problem(place: Place, message: string, details: ProblemDetails): void
  /** The same, by offsets into the file. */
  problemAt(start: number, end: number, message: string, details: ProblemDetails): void
  /** Says nothing more about a node: what is wrong with it has been said, whatever else follows from that. */
  silence(node: YamlNode): void
  count(): number
  /** Where a node is; of a text, where its first character is. */
  locate(node: YamlNode): SourceLocation
  /** The file's text from a place on, to another. */
  slice(start: number, end: number): string
  /** @throws OltpError SCENARIO_INVALID with all problems in the order of the file, when there is one */
  throwIfAny(): void
}

export function createReport(text: string, file: string): Report {
  const locate = createLocator(text, file)
  const found = new Map<string, { readonly start: number; readonly problem: Problem }>()
  const silenced = new Set<YamlNode>()

  function problemAt(start: number, end: number, message: string, details: ProblemDetails): void {
    const key = `${start} ${message}`
    if (!found.has(key)) found.set(key, { start, problem: { message, location: locate(start, end), ...details } })
  }

  return {
    problem(place, message, details) {
      const node = 'node' in place ? place.node : place
      if (silenced.has(node)) return
      const { start, end } = 'node' in place ? partOf(text, place.node, place.from, place.to) : place
      problemAt(start, end, message, withCommentTrap(text, node, details))
    },
    problemAt,
    silence: node => void silenced.add(node),
    count: () => found.size,
    locate(node) {
      const { start, end } = node.kind === 'scalar' && node.source !== '' ? partOf(text, node, 0, node.source.length) : node
      return locate(start, end)
    },
    slice: (start, end) => text.slice(start, end),
    throwIfAny() {
      if (found.size === 0) return
      const problems = [...found.values()].sort((a, b) => a.start - b.start).map(entry => entry.problem)
      throw invalidScenario(file, problems)
    },
  }
}

/** One error for all problems of a file: the first hundred in full, the rest as a number in one more. */
export function invalidScenario(file: string, problems: readonly Problem[]): OltpError {
  const rest = problems.length - shown
  const more =
    rest > 0 ? [{ message: `${rest} more ${rest === 1 ? 'problem is' : 'problems are'} not shown`, hint: 'correct these first' }] : []
  const message = problems.length === 1 ? `${file} has a problem` : `${file} has ${problems.length} problems`
  return new OltpError('SCENARIO_INVALID', exitCodes.usage, message, {
    problems: [...problems.slice(0, shown), ...more],
  })
}

function partOf(text: string, node: YamlScalar, from: number, to: number): { start: number; end: number } {
  const offsets = offsetsOf(text, node)
  const start = offsets[from] ?? node.end
  return { start, end: to > from ? (offsets[to - 1] ?? start) + 1 : start + 1 }
}

/** ` #` ends an unquoted text without a word: what went wrong in the text before it is most likely that. */
function withCommentTrap(text: string, node: YamlNode, details: ProblemDetails): ProblemDetails {
  if (
    node.kind !== 'scalar' ||
    node.quoted ||
    '|>'.includes(text[node.start] ?? '|') ||
    !/^[ \t]+#/.test(text.slice(node.end, node.end + 80))
  )
    return details
  if (!hasOpenQuoteOrBracket(node.source)) return details
  return { ...details, hint: 'YAML takes ` #` for the start of a comment: put the whole text in double quotes' }
}

function hasOpenQuoteOrBracket(source: string): boolean {
  const outsideStrings = source.replace(/'[^']*'/g, '')
  return outsideStrings.includes("'") || outsideStrings.split('(').length > outsideStrings.split(')').length
}
