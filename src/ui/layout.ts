export const smallest = { columns: 60, rows: 16 } as const

/** How much there is to show; known when the load begins, so that nothing moves later. */
export interface Content {
  readonly transactions: number
  readonly statements: number
  readonly checks: number
}

/** Rows of each panel of the overview, its heading included; 0: left out. */
export interface Layout {
  readonly columns: number
  readonly rows: number
  /** Two panels side by side instead of one. */
  readonly wide: boolean
  readonly numbers: number
  readonly charts: number
  readonly transactions: number
  readonly statements: number
  /** Latency distribution beside conflicts and errors. */
  readonly details: number
  /** What the server says of itself, one row. */
  readonly server: number
  readonly checks: number
  readonly events: number
  /** Empty rows above the keys. */
  readonly spare: number
}

type Panel = 'charts' | 'transactions' | 'statements' | 'details' | 'server' | 'checks' | 'events'

/** From which width on panels stand side by side: the distribution beside the errors, the checks beside the events. */
const wideFrom = 100

/**
 * Divides the screen among the panels: a pure function of its size and of how much there is to show. One row of the terminal
 * stays free, because Ink clears the screen and the scrollback when its output is as high as the terminal.
 * Panels get their least first, in the order of their importance, then more.
 */
export function layout(columns: number, rows: number, content: Content): Layout {
  const wide = columns >= wideFrom
  const header = 2
  const numbers = 3
  const footer = 1
  const given: Record<Panel, number> = { charts: 0, transactions: 0, statements: 0, details: 0, server: 0, checks: 0, events: 0 }
  let left = rows - 1 - header - numbers - footer
  for (const [panel, least, most] of wide ? wideWishes(content) : narrowWishes(content)) {
    const more = Math.min(left, most - given[panel])
    if (more <= 0 || given[panel] + more < least) continue
    given[panel] += more
    left -= more
  }
  return { columns, rows, wide, numbers, ...given, spare: left }
}

type Wish = readonly [panel: Panel, least: number, most: number]

function narrowWishes(content: Content): Wish[] {
  const checkRows = Math.ceil(content.checks / 2)
  return [
    ['charts', 3, 3],
    ['transactions', 3, 2 + Math.min(4, content.transactions)],
    ['checks', 1, 1],
    ['charts', 4, 5],
    ['checks', 2, 1 + Math.min(3, checkRows)],
    ['events', 2, 3],
    ['transactions', 7, 2 + Math.min(8, content.transactions)],
    ['statements', 3, Math.min(6, content.statements)],
    ['charts', 6, 8],
    ['events', 4, 6],
    ['server', 1, 1],
    ['checks', 4, 1 + checkRows],
    ['statements', 7, Math.min(14, content.statements)],
    ['details', 8, 10],
    ['transactions', 11, 2 + content.transactions],
    ['charts', 9, 13],
    ['events', 7, 20],
  ]
}

function wideWishes(content: Content): Wish[] {
  return [
    ['charts', 3, 3],
    ['transactions', 3, 2 + Math.min(4, content.transactions)],
    ['checks', 2, 3],
    ['charts', 4, 5],
    ['checks', 4, 1 + Math.min(5, Math.max(3, content.checks))],
    ['transactions', 7, 2 + Math.min(8, content.transactions)],
    ['details', 6, 8],
    ['server', 1, 1],
    ['statements', 2, Math.min(5, content.statements)],
    ['charts', 6, 8],
    ['checks', 7, Math.max(8, 1 + content.checks)],
    ['statements', 6, Math.min(14, content.statements)],
    ['transactions', 11, 2 + content.transactions],
    ['details', 9, 12],
    ['charts', 9, 13],
    ['checks', 9, 24],
  ]
}
