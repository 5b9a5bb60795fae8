import type { Demo, DemoVariant } from '../../scenario/demo/model.js'
import { type Dialect, dialects } from '../../scenario/model.js'

/** The document of `oltp demo --json`: what there is to play. */
interface DemoList {
  /** Of this document; raised when an older reader would misread it. */
  readonly format: 1
  readonly demos: readonly ListedDemo[]
}

interface ListedDemo extends Pick<Demo, 'name' | 'title' | 'names' | 'theme' | 'summary' | 'kind' | 'core' | 'workshop'> {
  /** Where it is told. */
  readonly engines: readonly Dialect[]
  readonly variants: readonly (Pick<DemoVariant, 'name' | 'title' | 'fix' | 'cost'> & { readonly engines: readonly Dialect[] })[]
}

export function demoList(demos: readonly Demo[]): DemoList {
  return {
    format: 1,
    demos: demos.map(({ name, title, names, theme, summary, kind, core, workshop, plot, variants }) => ({
      ...{ name, title, names, theme, summary, kind, core, workshop },
      engines: plot.engines ?? dialects,
      variants: variants.map(({ name, title, fix, cost, plot }) => ({ name, title, fix, cost, engines: plot.engines ?? dialects })),
    })),
  }
}
