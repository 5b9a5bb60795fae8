import { inferLevel } from '#oltp/demo/levels.js'
import type { Matrix, MatrixCell, MatrixFix, MatrixGap, MatrixServer } from '#oltp/demo/matrix-model.js'
import type { DemoResult } from '#oltp/demo/result.js'
import type { Isolation } from '#oltp/scenario/model.js'

export const postgres: MatrixServer = {
  server: 'PostgreSQL 18.4',
  engine: 'postgres',
  product: 'PostgreSQL',
  version: '18.4',
  default_isolation: 'read committed',
  settings: {},
}

export const mysql: MatrixServer = {
  ...postgres,
  server: 'MySQL 9.7.4',
  engine: 'mysql',
  product: 'MySQL',
  version: '9.7.4',
  default_isolation: 'repeatable read',
}

/** `lost-update` in two steps of A and one of B, as far as a report shows it. */
export function sampleCell(server: MatrixServer, demo: string, isolation: Isolation, more: Partial<MatrixCell> = {}): MatrixCell {
  return {
    server: server.server,
    demo,
    variant: null,
    title: `The story of ${demo}`,
    kind: 'anomaly',
    engine: server.engine,
    product: server.product,
    version: server.version,
    isolation,
    levels: {},
    unpinned: {},
    outcome: 'happens',
    codes: [],
    serializable: false,
    not_judged: null,
    serial_order: null,
    rule: 'every sale is counted',
    rule_held: false,
    rule_unread: [],
    waits: [],
    commits: { A: 1, B: 1 },
    final: { columns: ['qty'], rows: [[9]] },
    explanation: ['B overwrote 9 with 9: it had read 10 before A committed.'],
    steps: [
      sampleStep(1, 'A', 'SELECT qty FROM products', { answer: { columns: ['qty'], rows: [[10]], affected: 1, tag: null } }),
      sampleStep(2, 'B', 'UPDATE products SET qty = 9', {
        waited: { blockers: ['A'], inferred: [], lock: 'X on products.PRIMARY 1' },
        woken_by: 3,
        answer: { columns: [], rows: [], affected: 1, tag: null },
      }),
      sampleStep(3, 'A', 'COMMIT', { answer: { columns: [], rows: [], affected: 0, tag: null } }),
    ],
    ...more,
  }
}

type Step = DemoResult['steps'][number]

export function sampleStep(number: number, session: string, sql: string, more: Partial<Step> = {}): Step {
  const nothing = {
    answer: null,
    error: null,
    skipped: null,
    waited: null,
    woken_by: null,
    ms: 1,
    transaction: null,
    note: null,
    deferred: false,
  }
  return { place: number, attempt: 1, session, status: 'done', sql, number, ...nothing, ...more }
}

export function sampleMatrix(
  servers: readonly MatrixServer[],
  cells: readonly MatrixCell[],
  gaps: readonly MatrixGap[] = [],
  fixes: { readonly [demo: string]: readonly MatrixFix[] } = {},
): Matrix {
  const isolations = ['read committed', 'serializable'] as const
  const demos = [...new Set([...cells, ...gaps].map(({ demo }) => demo))]
  return {
    format: 2,
    servers,
    isolation_levels: isolations,
    demos: demos.map(name => ({
      name,
      title: `The story of ${name}`,
      theme: name === 'lost-update' ? 'Updates that vanish' : 'Others',
      summary: 'One line',
      kind: 'anomaly' as const,
      names: [],
      fixes: fixes[name] ?? [],
    })),
    cells,
    gaps,
    levels: servers.flatMap(server =>
      isolations.map(isolation => ({
        server: server.server,
        engine: server.engine,
        isolation,
        ...inferLevel(cells.filter(cell => cell.variant === null && cell.server === server.server && cell.isolation === isolation)),
      })),
    ),
    complete: true,
  }
}
