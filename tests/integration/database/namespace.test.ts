import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  claimExistingNamespace,
  claimNamespace,
  dropNamespace,
  planDrop,
  releaseNamespace,
  viewNamespace,
} from '#oltp/database/namespace.js'
import type { OltpError } from '#oltp/errors.js'
import { type Bench, openBench, ownNamespace } from '../../support/namespace.js'
import { engines } from '../../support/servers.js'

for (const engine of engines) {
  describe(engine.name, () => {
    let bench: Bench
    const quote = (name: string) => bench.database.quoteName(name)
    const makeForeign = (name: string) =>
      bench.session.query(bench.database.engine === 'postgres' ? `CREATE SCHEMA ${quote(name)}` : `CREATE DATABASE ${quote(name)}`)
    const dropForeign = (name: string) =>
      bench.session.query(bench.database.engine === 'postgres' ? `DROP SCHEMA ${quote(name)} CASCADE` : `DROP DATABASE ${quote(name)}`)
    const exists = (name: string) => bench.database.namespaces.exists(bench.session, name)
    const refusal = (work: Promise<unknown>): Promise<OltpError> =>
      work.then(
        () => expect.fail('was not refused'),
        error => error,
      )

    beforeAll(async () => {
      bench = await openBench(engine.url)
    })
    afterAll(() => bench.close())

    it('makes a namespace with its marker, finds it again, and drops it without a trace', async () => {
      const name = ownNamespace('make')
      const first = await claimNamespace(bench.request(name))
      expect(first.created).toBe(true)
      await releaseNamespace(first)
      const again = await claimNamespace(bench.request(name))
      expect(again.created).toBe(false)
      expect(await viewNamespace(bench.request(name))).not.toBeNull()
      await dropNamespace(again, await planDrop(again))
      expect(await exists(name)).toBe(false)
      await releaseNamespace(again)
      expect(await claimExistingNamespace(bench.request(name))).toBeNull()
      expect(await exists(name)).toBe(false)
    })

    it('refuses a namespace that it did not make, with or without tables', async () => {
      const name = ownNamespace('foreign')
      await makeForeign(name)
      try {
        const error = await refusal(claimNamespace(bench.request(name)))
        expect(error).toMatchObject({ code: 'NAMESPACE_FOREIGN', exitCode: 5 })
        expect(error.hint).toContain('--namespace')
        await bench.session.query(`CREATE TABLE ${quote(name)}.oltp_meta (tool VARCHAR(16), note VARCHAR(10))`)
        await bench.session.query(`INSERT INTO ${quote(name)}.oltp_meta (tool, note) VALUES ('other', 'x')`)
        for (const claim of [claimNamespace, claimExistingNamespace, viewNamespace]) {
          expect(await refusal(claim(bench.request(name)))).toMatchObject({ code: 'NAMESPACE_FOREIGN', exitCode: 5 })
        }
        expect(await exists(name)).toBe(true)
      } finally {
        await dropForeign(name)
      }
    })

    it.each([
      ['server_id', "'another'", 'NAMESPACE_ELSEWHERE'],
      ['namespace', "'prod'", 'NAMESPACE_ELSEWHERE'],
      ['format', '99', 'NAMESPACE_NEWER'],
      ['tool', "'rails'", 'NAMESPACE_FOREIGN'],
    ])('refuses a marker with another %s', async (column, value, code) => {
      const name = ownNamespace('marker')
      await releaseNamespace(await claimNamespace(bench.request(name)))
      await bench.session.query(`UPDATE ${quote(name)}.oltp_meta SET ${column} = ${value}`)
      expect(await refusal(claimNamespace(bench.request(name)))).toMatchObject({ code, exitCode: 5 })
      expect(await refusal(claimExistingNamespace(bench.request(name)))).toMatchObject({ code, exitCode: 5 })
      await dropForeign(name)
    })

    it('drops nothing while something foreign is inside, and says what', async () => {
      const name = ownNamespace('guest')
      const claim = await claimNamespace(bench.request(name))
      await bench.session.query(`CREATE TABLE ${quote(name)}.invoices (id INT)`)
      await bench.session.query(`CREATE VIEW ${quote(name)}.report AS SELECT id FROM ${quote(name)}.invoices`)
      const error = await refusal(planDrop(claim))
      expect(error).toMatchObject({ code: 'NAMESPACE_FOREIGN_OBJECTS', exitCode: 5 })
      expect(error.message).toContain('table invoices')
      expect(error.message).toContain('view report')
      await bench.session.query(`DROP VIEW ${quote(name)}.report`)
      await bench.session.query(`DROP TABLE ${quote(name)}.invoices`)
      await dropNamespace(claim, await planDrop(claim))
      await releaseNamespace(claim)
      expect(await exists(name)).toBe(false)
    })

    it('gives up on a table that somebody holds, and says why', async () => {
      const name = ownNamespace('held')
      const claim = await claimNamespace(bench.request(name))
      const holder = await bench.open(name)
      await holder.begin({ isolation: null, readOnly: false })
      await holder.query('SELECT COUNT(*) FROM oltp_meta')
      const error = await refusal(dropNamespace(claim, await planDrop(claim)))
      expect(error).toMatchObject({
        code: 'NAMESPACE_DROP_FAILED',
        exitCode: 3,
        hint: expect.stringContaining('another session holds a lock'),
        cause: { outcome: 'lock_timeout', code: bench.database.engine === 'postgres' ? '55P03' : '1205' },
      })
      expect(error.message).toContain(`namespace «${name}» cannot be dropped`)
      await holder.rollback()
      expect(await exists(name)).toBe(true)
      await dropNamespace(claim, await planDrop(claim))
      expect(await exists(name)).toBe(false)
      await releaseNamespace(claim)
    })

    it('waits two seconds for a lock at most', async () => {
      const name = ownNamespace('patience')
      await releaseNamespace(await claimNamespace(bench.request(name)))
      const text = bench.database.engine === 'postgres' ? "SELECT current_setting('lock_timeout')" : 'SELECT @@SESSION.lock_wait_timeout'
      expect((await bench.session.query(text)).rows).toEqual([[bench.database.engine === 'postgres' ? '2s' : 2]])
      await bench.clean(name)
    })

    it('a second run does not get the namespace while the first holds it', async () => {
      const name = ownNamespace('busy')
      const claim = await claimNamespace(bench.request(name))
      const other = await bench.open()
      const error = await refusal(claimNamespace(bench.request(name, { session: other })))
      expect(error).toMatchObject({ code: 'NAMESPACE_BUSY', exitCode: 3 })
      expect(error.message).toContain(String(bench.session.id))
      expect(error.hint).toContain('--namespace')
      const neighbour = ownNamespace('neighbour')
      await releaseNamespace(await claimNamespace(bench.request(neighbour, { session: other })))
      await releaseNamespace(claim)
      const second = await claimNamespace(bench.request(name, { session: other }))
      await releaseNamespace(second)
      await bench.clean(name)
      await bench.clean(neighbour)
    })

    it('a run that died gives the namespace free', async () => {
      const name = ownNamespace('died')
      const dying = await bench.open()
      await claimNamespace(bench.request(name, { session: dying }))
      dying.destroy()
      await expect
        .poll(
          () =>
            bench.clean(name).then(
              () => exists(name),
              () => true,
            ),
          { timeout: 10_000 },
        )
        .toBe(false)
    })

    it('refuses names that are no identifiers before anything is sent', async () => {
      for (const name of ['', 'Oltp', '1a', 'a-b', 'a"b', 'a`b', 'x'.repeat(52), 'a b', "a'b"]) {
        expect(await refusal(claimNamespace(bench.request(name)))).toMatchObject({ code: 'NAMESPACE_NAME', exitCode: 2 })
      }
    })
  })
}
