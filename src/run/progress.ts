import { formatCount, formatSeconds } from '../format.js'
import type { RunListener } from './events.js'

/** A preparation step as it goes: `running` until the work ends. What `work` returns is the step's last word, and the result. */
export async function preparationStep<T extends { readonly detail: string }>(
  listener: RunListener,
  id: string,
  label: string,
  work: (update: (detail: string, fraction: number | null) => void) => Promise<T>,
): Promise<T> {
  const say = (state: 'running' | 'done' | 'failed', detail: string, fraction: number | null) =>
    listener({ kind: 'preparation', step: { id, label, state, detail, fraction } })
  say('running', '', null)
  try {
    const result = await work((detail, fraction) => say('running', detail, fraction))
    say('done', result.detail, 1)
    return result
  } catch (error) {
    say('failed', error instanceof Error ? error.message : String(error), null)
    throw error
  }
}

/** Tells `update` of rows loaded, ten times a second at most: how many, how fast, how long yet. `now` is in milliseconds. */
export function rowProgress(
  expected: number | null,
  update: (detail: string, fraction: number | null) => void,
  now = () => performance.now(),
) {
  const begun = now()
  let told = begun
  return (loaded: number): void => {
    const at = now()
    if (at - told < 100) return
    told = at
    const perSecond = loaded / ((at - begun) / 1000)
    if (expected === null) {
      update(`${formatCount(loaded)} rows, ${formatCount(perSecond)}/s`, null)
      return
    }
    const left = perSecond > 0 ? `, ${formatSeconds(Math.max(0, expected - loaded) / perSecond)} left` : ''
    update(
      `${formatCount(loaded)} of ${formatCount(expected)} rows, ${formatCount(perSecond)}/s${left}`,
      Math.min(1, loaded / Math.max(1, expected)),
    )
  }
}
