import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { play } from '#oltp/demo/play.js'
import { demoOf } from '../../support/demo-plots.js'
import { type Bench, openBench, ownNamespace } from '../../support/namespace.js'
import { engines } from '../../support/servers.js'
import { openStage, readDemo } from '../../support/stage.js'

const postgres = engines.find(({ name }) => name === 'postgres') as (typeof engines)[number]

describe('a role that may not say who loses a deadlock', () => {
  const role = ownNamespace('plain')
  let admin: Bench
  let opened: Awaited<ReturnType<typeof openStage>>

  beforeAll(async () => {
    admin = await openBench(postgres.url)
    await admin.session.query(`CREATE ROLE ${role} LOGIN PASSWORD 'plain'`)
    await admin.session.query(`GRANT CREATE ON DATABASE ${admin.database.quoteName(admin.target.database ?? '')} TO ${role}`)
    const url = new URL(postgres.url)
    url.username = role
    url.password = 'plain'
    opened = await openStage(url.href)
  })

  afterAll(async () => {
    await opened?.close()
    await admin.session.query(`DROP OWNED BY ${role}`)
    await admin.session.query(`DROP ROLE ${role}`)
    await admin.close()
  })

  it('plays without, and is told so', async () => {
    const result = await play(opened.stage, { demo: readDemo('deadlock'), variant: null, isolation: null })
    expect(result).toMatchObject({ codes: ['40P01'], rule_held: true })
    expect(Object.keys(result.unpinned).sort()).toEqual(['A', 'B'])
    expect(result.unpinned.A).toMatch(/permission denied.*deadlock_timeout/)
    expect(Object.values(result.commits).sort()).toEqual([0, 1])
  })

  it('is told nothing of the kind by a demo that pins nothing', async () => {
    const result = await play(opened.stage, { demo: readDemo('lost-update'), variant: null, isolation: null })
    expect(result.unpinned).toEqual({})
  })

  it('is still refused a setting of the whole demo', async () => {
    const demo = demoOf(['A: SELECT 1'], 'session: { postgres: { deadlock_timeout: 1s } }\n')
    await expect(play(opened.stage, { demo, variant: null, isolation: null })).rejects.toMatchObject({ code: '42501' })
  })
})
