import type { Report } from './report.js'

/**
 * What nothing reads may yet be read by a part of the file that could not be understood. So as soon as something else is wrong there,
 * a name that is written more than once counts as read.
 *
 * @param before how many problems there were before that part was read
 * @param sign what stands before the name where it is read: `$` for parameters
 */
export function mayBeRead(
  report: Report,
  before: number,
  part: { readonly start: number; readonly end: number },
  sign = '',
): (name: string) => boolean {
  if (report.count() === before) return () => false
  const words = report.slice(part.start, part.end).match(/\$?[A-Za-z_]\w*/g) ?? []
  return name => words.filter(word => word === sign + name).length > (sign === '' ? 1 : 0)
}
