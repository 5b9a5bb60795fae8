import type { MatrixChanges } from '../../demo/matrix-changes.js'
import { printable } from '../../format.js'
import { changeText, levelName, tellingText } from './matrix-words.js'

/** What changed, one line each, cell by cell; «nothing changed» where nothing did. */
export function changeLines(changes: MatrixChanges): readonly string[] {
  const { servers, cells, levels, only_before, only_after } = changes
  const lines = [
    ...cells.map(change => `${tellingText(change)} at ${change.isolation} on ${change.server}: ${changeText(change)}`),
    ...levels.map(
      ({ server, isolation, before, after }) => `${isolation} on ${server} was ${levelName(before)} and is ${levelName(after)}`,
    ),
  ]
  return [
    ...servers.map(({ before, after }) => `${before} then, ${after} now`),
    ...(lines.length === 0 ? ['nothing changed'] : lines),
    ...(only_after === 0 ? [] : [`not compared: ${cellCount(only_after)} of which the earlier matrix has nothing`]),
    ...(only_before === 0 ? [] : [`not compared: ${cellCount(only_before)} that only the earlier matrix has`]),
  ].map(printable)
}

function cellCount(count: number): string {
  return `${count} cell${count === 1 ? '' : 's'}`
}
