/** As in `products.PRIMARY 1`; a table lock has neither index nor key. */
export function objectName(table: unknown, index: unknown, data: unknown): string {
  return `${table}${index === null ? '' : `.${index}`}${data === null ? '' : ` ${data}`}`
}

export function listOf(sessions: readonly number[]): string {
  return sessions.join(', ')
}
