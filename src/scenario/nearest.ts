/**
 * The candidate that a misspelt word was probably meant to be: the nearest within two edits (one for short words), else the only one that
 * sounds alike; or null.
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > 64) return null
  let best: string | null = null
  let bestDistance = word.length <= 3 ? 2 : 3
  for (const candidate of candidates) {
    const distance = candidate.toLowerCase() === word.toLowerCase() ? 0 : editDistance(word, candidate)
    if (distance < bestDistance && distance < candidate.length) {
      best = candidate
      bestDistance = distance
    }
  }
  return best ?? soundingLike(word, candidates)
}

/** `rool` for `rule`: more letters are wrong than right, though no consonant is. */
function soundingLike(word: string, candidates: Iterable<string>): string | null {
  const sound = consonants(word)
  const alike = sound.length < 2 ? [] : [...candidates].filter(candidate => consonants(candidate) === sound)
  return alike.length === 1 ? (alike[0] ?? null) : null
}

function consonants(word: string): string {
  return word.toLowerCase().replace(/[aeiouy]/g, '')
}

/** `did you mean …?` where something is near, else the choices, else nothing. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const all = [...candidates]
  const near = nearest(word, all)
  if (near !== null) return `did you mean \`${near}\`?`
  if (all.length === 0) return undefined
  return all.length <= 12 ? `one of: ${all.join(', ')}` : `one of: ${all.slice(0, 12).join(', ')}, …`
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost 1. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let cost = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, substitution)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, at(beforePrevious, j - 2) + 1)
      row.push(cost)
    }
    beforePrevious = previous
    previous = row
  }
  return at(previous, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
