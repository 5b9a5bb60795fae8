/**
 * What a file means to be, by its outermost keys: a demo has a schedule, a scenario has transactions. Also of a text that is no
 * YAML as it stands; null: it does not say.
 */
export function kindOfFile(text: string): 'demo' | 'scenario' | null {
  const has = (key: string) => new RegExp(`^["']?${key}["']?[ \\t]*:`, 'm').test(text)
  if (has('schedule')) return 'demo'
  if (has('transactions')) return 'scenario'
  return has('kind') ? 'demo' : null
}
