/** Whether a value as it is shown is the one that a statement had as a literal; null: that cannot be said, as of two ways to write a date. */
export function isThatValue(shown: string, literal: string): boolean | null {
  const [one, other] = [plain(shown), plain(literal)]
  if (one === other) return true
  if (isNumber(one) && isNumber(other)) return Number(one) === Number(other)
  return looksLikeDate.test(one) || looksLikeDate.test(other) ? null : false
}

function plain(value: string): string {
  const text = value.trimEnd()
  return words.get(text.toLowerCase()) ?? text
}

const words: ReadonlyMap<string, string> = new Map([
  ['true', '1'],
  ['false', '0'],
  ['null', 'null'],
])

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text))
}

const looksLikeDate = /^\d{2,4}[-:]\d{2}/
