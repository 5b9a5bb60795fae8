import type { Reader, Scope, YamlNode } from './diagnostics.js'

/** A scope that also knows which of its `let` names nobody has read. */
export interface TrackedScope extends Scope {
  inner(): TrackedScope
  /** Reports each `let` of this scope, and of those inside it, that nothing reads. @param spared those that may be read after all */
  reportUnused(spared: (name: string) => boolean): void
}

// Words of the expression language: as names they could never be read.
const reserved: ReadonlySet<string> = new Set(['and', 'or', 'not', 'if', 'null', 'true', 'false', 'tally', 'before'])

export function createScope(reader: Reader, outer: TrackedScope | null = null): TrackedScope {
  const names = new Set<string>(outer?.names)
  const drawn = new Map<string, { readonly at: YamlNode; used: boolean }>()
  const inside: TrackedScope[] = []
  return {
    names,
    declare(name, at, origin) {
      if (reserved.has(name.toLowerCase())) {
        reader.problem(at, `\`${name}\` is a word of the language and cannot be a name`, { hint: 'choose another name' })
      } else if (origin === 'let' && names.has(name)) {
        reader.problem(at, `\`${name}\` has a value already`, { hint: 'choose another name' })
      } else if (origin === 'let') drawn.set(name, { at, used: false })
      names.add(name)
      // What a loop saved or computed last is still there after it; what it drew is not.
      if (origin === 'save' || origin === 'set') outer?.declare(name, at, origin)
    },
    use(name) {
      const own = drawn.get(name)
      if (own) own.used = true
      else outer?.use(name)
    },
    inner() {
      const scope = createScope(reader, this)
      inside.push(scope)
      return scope
    },
    reportUnused(spared) {
      for (const [name, { at, used }] of drawn) {
        if (!used && !spared(name))
          reader.problem(at, `\`${name}\` is never read`, { label: 'drawn for nothing', hint: 'use it, or remove it' })
      }
      for (const scope of inside) scope.reportUnused(spared)
    },
  }
}
