import { describe, expect, it } from 'vitest'
import { dialectFacts, ofDialect, plainDialects } from '#oltp/scenario/dialects.js'
import { dialects } from '#oltp/scenario/model.js'
import { runsOn } from '#oltp/scenario/runs-on.js'

describe('what a file has for a dialect', () => {
  it('is its own, else what is for the one that it takes after, and nobody else takes after any', () => {
    expect(dialects.map(dialect => ofDialect({ postgres: 'p', mysql: 'm' }, dialect))).toEqual(['p', 'm', 'm'])
    expect(dialects.map(dialect => ofDialect({ mysql: 'm', mariadb: 'own' }, dialect))).toEqual([undefined, 'm', 'own'])
    expect(dialects.map(dialect => ofDialect({ mariadb: 'own' }, dialect))).toEqual([undefined, undefined, 'own'])
    expect(dialects.map(dialect => runsOn({ engines: ['mysql'] }, dialect))).toEqual([false, true, true])
    expect(dialects.map(dialect => runsOn({ engines: ['mariadb'] }, dialect))).toEqual([false, false, true])
  })

  it('takes after one that takes after nobody', () => {
    for (const dialect of dialects) expect([...plainDialects, null]).toContain(dialectFacts[dialect].like)
    expect(plainDialects).toEqual(['postgres', 'mysql'])
  })
})

describe('a BEGIN inside a transaction', () => {
  it('is a warning on PostgreSQL and a COMMIT elsewhere', () => {
    expect(dialects.map(dialect => dialectFacts[dialect].commitsImplicitly)).toEqual([false, true, true])
  })
})
