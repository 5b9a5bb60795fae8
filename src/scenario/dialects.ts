import { type Dialect, dialects } from './model.js'
import { mysqlTokens, postgresTokens, type TokenPatterns } from './tokens.js'

/** What the SQL of one engine is like, as far as a text tells: all that a scenario or a demo may know of an engine before it is spoken to. */
interface DialectFacts {
  /** Whose texts, settings and steps it takes where a file has none of its own; null: nobody's. */
  readonly like: Dialect | null
  readonly tokens: TokenPatterns
  /** A comment may stand within another. */
  readonly commentsNest: boolean
  /** What stands for a bound value; counts from 1. */
  placeholder(number: number): string
  /** Before a text in quotes whose backslashes are doubled. */
  readonly escapeMark: string
  /** A BEGIN inside a transaction commits it and begins another, and DDL commits it; elsewhere the one is a warning, the other part of it. */
  readonly commitsImplicitly: boolean
}

const mysql: DialectFacts = {
  like: null,
  tokens: mysqlTokens,
  commentsNest: false,
  placeholder: () => '?',
  // A backslash begins an escape in every text.
  escapeMark: '',
  commitsImplicitly: true,
}

export const dialectFacts: { readonly [dialect in Dialect]: DialectFacts } = {
  postgres: {
    like: null,
    tokens: postgresTokens,
    commentsNest: true,
    placeholder: number => `$${number}`,
    // Whether or not its texts are standard ones, in which a backslash begins nothing.
    escapeMark: 'E',
    commitsImplicitly: false,
  },
  mysql,
  mariadb: { ...mysql, like: 'mysql' },
}

/** Those that take nobody's texts: one text for each of them is one for all. */
export const plainDialects: readonly Dialect[] = dialects.filter(dialect => dialectFacts[dialect].like === null)

/** What a file has for a dialect, or for the one that it takes after. */
export function ofDialect<Item>(given: { readonly [dialect in Dialect]?: Item }, dialect: Dialect): Item | undefined {
  const { like } = dialectFacts[dialect]
  return given[dialect] ?? (like === null ? undefined : given[like])
}
