import { displayWidth, printable } from '../../format.js'

/** A statement in lines of at most `width` columns: as it was written where that fits, else broken before clauses, else anywhere. */
export function statementLines(sql: string, width: number): string[] {
  const written = sql.split('\n').map(each => `${' '.repeat(each.search(/\S|$/))}${printable(each)}`)
  if (written.length > 1 && written.every(each => displayWidth(each) <= width)) return written
  const lines: string[] = []
  for (const clause of clauses(printable(sql))) {
    const last = lines.at(-1)
    const longer = last === undefined ? clause : `${last} ${clause}`
    if (displayWidth(longer) <= width) lines.splice(Math.max(0, lines.length - 1), 1, longer)
    else
      lines.push(
        ...filled(clause, width - (lines.length === 0 ? 0 : indent)).map(each => ' '.repeat(lines.length === 0 ? 0 : indent) + each),
      )
  }
  return lines
}

/** A clause a line, for those who read it from afar. */
export function clauseLines(sql: string, width: number): string[] {
  return clauses(printable(sql)).flatMap(each => filled(each, width))
}

const indent = 2

/** Broken at spaces; a word that is longer than a line goes on in the next: nothing of a statement is left out. */
function filled(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  const end = () => {
    lines.push(lines.length === 0 ? line : ' '.repeat(indent) + line)
    line = ''
  }
  for (const word of text.split(' ')) {
    const room = lines.length === 0 ? width : width - indent
    const longer = line === '' ? word : `${line} ${word}`
    if (displayWidth(longer) <= room) {
      line = longer
      continue
    }
    if (line !== '') end()
    for (line = word; displayWidth(line) > width - indent; ) {
      const rest = line.slice(width - indent)
      line = line.slice(0, width - indent)
      end()
      line = rest
    }
  }
  if (line !== '') end()
  return lines
}

const clauseStart = /^(FROM|WHERE|SET|VALUES|ORDER BY|GROUP BY|HAVING|LIMIT|FOR UPDATE|FOR SHARE|ON CONFLICT|ON DUPLICATE|RETURNING)\b/i
/** What a clause's word belongs to, as in DELETE FROM. */
const opening = /^(DELETE|ALTER SYSTEM|SHOW \w+)\s*$/i

/** Split before each clause that stands outside quotes and brackets. */
function clauses(text: string): string[] {
  const found: string[] = []
  let start = 0
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/'(?:[^']|'')*'|"[^"]*"|`[^`]*`|[()]|[A-Za-z_]\w*/g)) {
    if (token === '(') depth++
    else if (token === ')') depth--
    else if (depth === 0 && index > start && clauseStart.test(text.slice(index)) && !opening.test(text.slice(start, index))) {
      found.push(text.slice(start, index).trim())
      start = index
    }
  }
  return [...found, text.slice(start).trim()]
}
