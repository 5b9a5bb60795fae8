import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundledSets, type MigrationSet, readMigrationSet } from '#oltp/database/migration-files.js'
import { migrateDown, migrateUp, migrationStatus } from '#oltp/database/migrations.js'
import { claimNamespace, dropNamespace, manifest, type NamespaceClaim, planDrop } from '#oltp/database/namespace.js'
import type { OltpError } from '#oltp/errors.js'
import { bundledMigrations } from '#oltp/run/prepare.js'
import { dyingAfter } from '../../support/dying-session.js'
import { type Bench, openBench, ownNamespace } from '../../support/namespace.js'
import { describeSchema } from '../../support/schema.js'
import { engines } from '../../support/servers.js'

for (const engine of engines) {
  describe(engine.name, () => {
    let bench: Bench
    let claim: NamespaceClaim
    let folder: string

    beforeAll(async () => {
      bench = await openBench(engine.url)
      folder = mkdtempSync(join(tmpdir(), 'oltp-migrations-'))
    })
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true })
      await bench.close()
    })
    beforeEach(async () => {
      claim = await claimNamespace(bench.request(ownNamespace('migrate')))
    })
    afterEach(async () => {
      await bench.database.namespaces.unlock(bench.session, claim.namespace)
      await bench.clean(claim.namespace)
    })

    const bundled = (name: string) => read(name, bundledMigrations)
    const read = (name: string, from: string) =>
      readMigrationSet({
        name,
        scenarioFile: null,
        bundled: from,
        engine: bench.database.engine,
        lexis: bench.database.migrations.lexis,
      })
    /** Writes a set with these scripts and reads it. */
    const own = (name: string, scripts: { readonly [file: string]: string }): MigrationSet => {
      const place = join(folder, name, bench.database.engine)
      mkdirSync(place, { recursive: true })
      for (const [file, text] of Object.entries(scripts)) writeFileSync(join(place, `${file}.sql`), text)
      return read(name, folder)
    }
    const failure = (work: Promise<unknown>): Promise<OltpError> =>
      work.then(
        () => expect.fail('did not fail'),
        error => error,
      )
    const schema = () => describeSchema(bench, claim.namespace)
    const states = async (set: MigrationSet) => (await migrationStatus(claim, set)).map(({ name, state }) => `${name.slice(0, 4)} ${state}`)

    for (const name of bundledSets(bundledMigrations)) {
      it(`${name}: up, down, up comes to the same schema, and down leaves nothing`, async () => {
        const set = bundled(name)
        const empty = await schema()
        expect(await migrateUp(claim, set)).toEqual(set.migrations.map(migration => migration.name))
        const full = await schema()
        expect(full.length).toBeGreaterThan(empty.length)
        expect(await migrateUp(claim, set)).toEqual([])
        await migrateDown(claim, set, { to: '0' })
        expect(await schema()).toEqual(empty)
        expect(await manifest(claim)).toEqual([])
        await migrateUp(claim, set)
        expect(await schema()).toEqual(full)
        expect((await migrationStatus(claim, set)).every(status => status.state === 'applied' && status.changed === null)).toBe(true)
      })
    }

    const three = {
      '0001_one.up': 'CREATE TABLE one (id INT PRIMARY KEY);',
      '0001_one.down': 'DROP TABLE one;',
      '0002_two.up':
        "CREATE TABLE two (id INT PRIMARY KEY, one_id INT REFERENCES one (id), note VARCHAR(9) DEFAULT 'a;b');\nCREATE INDEX two_note ON two (note);",
      '0002_two.down': 'DROP TABLE two;',
      '0003_three.up': 'CREATE VIEW three AS SELECT id FROM two;',
      '0003_three.down': 'DROP VIEW three;',
    }

    it('goes up and down by number, by steps, and one at a time', async () => {
      const set = own('three', three)
      expect(await migrateUp(claim, set, { to: '2' })).toEqual(['0001_one', '0002_two'])
      expect(await migrateUp(claim, set, { to: '0001' })).toEqual([])
      expect(await migrateUp(claim, set, { steps: 1 })).toEqual(['0003_three'])
      expect(await migrateDown(claim, set)).toEqual(['0003_three'])
      expect(await migrateDown(claim, set, { to: '0001' })).toEqual(['0002_two'])
      expect(await states(set)).toEqual(['0001 applied', '0002 pending', '0003 pending'])
      expect(await migrateDown(claim, set, { to: '0' })).toEqual(['0001_one'])
      expect(await failure(migrateUp(claim, set, { to: '0007' }))).toMatchObject({ code: 'MIGRATION_UNKNOWN', exitCode: 2 })
    })

    it('gives up on a table that somebody holds, says why, and goes on later', async () => {
      const set = own('held', { ...three, '0002_two.up': 'ALTER TABLE one ADD COLUMN note INT;' })
      await migrateUp(claim, set, { to: '1' })
      const holder = await bench.open(claim.namespace)
      await holder.begin({ isolation: null, readOnly: false })
      await holder.query('SELECT COUNT(*) FROM one')
      const error = await failure(migrateUp(claim, set, { steps: 1 }))
      expect(error).toMatchObject({ code: 'MIGRATION_FAILED', hint: expect.stringContaining('another session holds a lock') })
      expect(error.message).toMatch(/0002_two\.up\.sql:1: .*lock/i)
      await holder.rollback()
      expect(await migrateUp(claim, set, { steps: 1 })).toEqual(['0002_two'])
    })

    it('refuses a file that changed after it was applied, up and down, and one that is gone', async () => {
      const set = own('changing', three)
      await migrateUp(claim, set)
      for (const file of ['0001_one.up', '0002_two.down'] as const) {
        const changed = own('changing', { [file]: `${three[file]} -- changed` })
        for (const work of [migrateUp, migrateDown]) {
          const error = await failure(work(claim, changed))
          expect(error).toMatchObject({ code: 'MIGRATION_CHANGED', exitCode: 2 })
          expect(error.message).toContain(file)
        }
        expect((await migrationStatus(claim, changed)).map(status => status.changed)).toContain(file.split('.')[1])
        own('changing', { [file]: three[file] })
      }
      // Line ends are not a change: an editor or a checkout may turn them around.
      const windows = own('changing', { '0002_two.up': three['0002_two.up'].replaceAll('\n', '\r\n') })
      expect(await migrateUp(claim, windows)).toEqual([])
      const without = { ...set, migrations: set.migrations.slice(0, 2) }
      expect(await failure(migrateUp(claim, without))).toMatchObject({ code: 'MIGRATION_CHANGED' })
      await migrateDown(claim, set, { to: '0' })
    })

    const broken = {
      '0001_parts.up':
        'CREATE TABLE part_a (id INT PRIMARY KEY);\n\nINSERT INTO part_a VALUES (1);\nCREATE TABLE part_b (id NONSENSE_TYPE);\nCREATE TABLE part_c (id INT);',
      '0001_parts.down': 'DROP TABLE part_c;\nDROP TABLE part_b;\nDROP TABLE part_a;',
    }

    it('a script that fails half-way says where, and can be corrected and finished', async () => {
      const set = own('halfway', broken)
      const error = await failure(migrateUp(claim, set))
      expect(error).toMatchObject({ code: 'MIGRATION_FAILED', exitCode: 3 })
      expect(error.message).toContain('0001_parts.up.sql:4')
      expect(error.message).toContain('statement 3 of 4')
      expect(error.problems[0]?.location).toMatchObject({ line: 4, text: 'CREATE TABLE part_b (id NONSENSE_TYPE);' })
      const transactional = bench.database.migrations.transactional
      expect(error.hint).toContain(transactional ? 'nothing of the script was applied' : '2 statements before it are applied')
      expect(await states(set)).toEqual([transactional ? '0001 pending' : '0001 applying'])
      if (!transactional) {
        expect((await migrationStatus(claim, set))[0]?.steps).toEqual({ done: 2, all: 4 })
        expect(await failure(migrateDown(claim, set))).toMatchObject({ code: 'MIGRATION_UNFINISHED', exitCode: 2 })
        // What was run may not be rewritten.
        const rewritten = own('halfway', { '0001_parts.up': broken['0001_parts.up'].replace('VALUES (1)', 'VALUES (2)') })
        expect(await failure(migrateUp(claim, rewritten))).toMatchObject({ code: 'MIGRATION_CHANGED', exitCode: 2 })
      }
      // It fails again while it is not corrected, and clean knows what is there.
      expect(await failure(migrateUp(claim, own('halfway', broken)))).toMatchObject({ code: 'MIGRATION_FAILED' })
      expect((await planDrop(claim)).map(object => object.name)).toEqual(transactional ? [] : ['part_a'])

      const corrected = own('halfway', { '0001_parts.up': broken['0001_parts.up'].replace('NONSENSE_TYPE', 'INT') })
      await migrateUp(claim, corrected)
      expect(await states(corrected)).toEqual(['0001 applied'])
      const rows = await bench.session.query('SELECT id FROM part_a')
      expect(rows.rows).toEqual([[1]])
      await migrateDown(claim, corrected, { to: '0' })
    })

    it('a down script that fails half-way can be corrected and finished', async () => {
      const good = {
        '0001_parts.up': broken['0001_parts.up'].replace('NONSENSE_TYPE', 'INT'),
        '0001_parts.down': 'DROP TABLE part_c;\nDROP TABLE nowhere;\nDROP TABLE part_b;\nDROP TABLE part_a;',
      }
      const set = own('down_halfway', good)
      await migrateUp(claim, set)
      const error = await failure(migrateDown(claim, set))
      expect(error).toMatchObject({ code: 'MIGRATION_FAILED', exitCode: 3 })
      expect(error.message).toContain('0001_parts.down.sql:2')
      if (bench.database.migrations.transactional) {
        expect(await states(set)).toEqual(['0001 applied'])
        return
      }
      expect(await states(set)).toEqual(['0001 reverting'])
      expect(await failure(migrateUp(claim, set))).toMatchObject({ code: 'MIGRATION_UNFINISHED' })
      const corrected = own('down_halfway', { '0001_parts.down': good['0001_parts.down'].replace('nowhere', 'IF EXISTS nowhere') })
      expect(await migrateDown(claim, corrected)).toEqual(['0001_parts'])
      expect(await states(corrected)).toEqual(['0001 pending'])
    })

    it('a failing first statement leaves nothing to finish', async () => {
      const set = own('first', { '0001_bad.up': 'CREATE TABLE bad (id NONSENSE_TYPE);', '0001_bad.down': 'DROP TABLE bad;' })
      expect((await failure(migrateUp(claim, set))).code).toBe('MIGRATION_FAILED')
      expect(await states(set)).toEqual(['0001 pending'])
      expect(await planDrop(claim)).toEqual([])
    })

    it('a run that dies right after a statement is understood by the next, and by clean', async () => {
      const text = 'CREATE TABLE part_a (id INT PRIMARY KEY);\nCREATE TABLE part_b (id INT);\nINSERT INTO part_a VALUES (1);'
      const set = own('dying', { '0001_parts.up': text, '0001_parts.down': 'DROP TABLE part_b;\nDROP TABLE part_a;' })
      for (const [last, done] of [
        ['CREATE TABLE part_b', 1],
        ['INSERT INTO part_a', 2],
      ] as const) {
        const session = dyingAfter(await bench.open(claim.namespace), last)
        await expect(migrateUp({ ...claim, session }, set)).rejects.toThrow()
        const [status] = await migrationStatus(claim, set)
        if (bench.database.migrations.transactional) {
          expect(status).toMatchObject({ state: 'pending' })
          expect(await planDrop(claim)).toEqual([])
        } else {
          expect(status).toMatchObject({ state: 'applying', steps: { done, all: 3 } })
          expect((await planDrop(claim)).map(object => object.name)).toEqual(['part_b', 'part_a'])
        }
      }
      expect(await migrateUp(claim, set)).toEqual(['0001_parts'])
      expect((await bench.session.query('SELECT id FROM part_a')).rows).toEqual([[1]])
      await migrateDown(claim, set)
      expect(await manifest(claim)).toEqual([])
    })

    const circle = {
      '0001_circle.up': [
        'CREATE TABLE hen (id INT PRIMARY KEY, egg_id INT)',
        'CREATE TABLE egg (id INT PRIMARY KEY, hen_id INT, CONSTRAINT egg_hen FOREIGN KEY (hen_id) REFERENCES hen (id))',
        'ALTER TABLE hen ADD CONSTRAINT hen_egg FOREIGN KEY (egg_id) REFERENCES egg (id)',
        'CREATE VIEW brood AS SELECT hen.id FROM hen JOIN egg ON egg.hen_id = hen.id',
      ].join(';\n'),
      '0001_circle.down': 'SELECT 1;',
    }

    it('clean drops what depends on each other in a circle, and all kinds of objects', async () => {
      const more =
        bench.database.engine === 'postgres'
          ? [
              "CREATE TYPE mood AS ENUM ('calm')",
              'CREATE SEQUENCE numbers',
              "CREATE TABLE typed (id SERIAL, m mood, n INT DEFAULT nextval('numbers')) PARTITION BY LIST (id)",
              'CREATE TABLE typed_1 PARTITION OF typed FOR VALUES IN (1)',
              'CREATE MATERIALIZED VIEW counted AS SELECT COUNT(*) FROM hen',
              "CREATE FUNCTION two(a INT, b TEXT DEFAULT ';') RETURNS INT LANGUAGE sql AS $$ SELECT 2; $$",
              'CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
              'CREATE TRIGGER nothing_happens BEFORE UPDATE ON hen FOR EACH ROW EXECUTE FUNCTION nothing()',
            ]
          : [
              'CREATE FUNCTION two() RETURNS INT DETERMINISTIC RETURN 2',
              'CREATE PROCEDURE three() SELECT 3',
              'CREATE TRIGGER nothing_happens BEFORE UPDATE ON hen FOR EACH ROW SET NEW.egg_id = OLD.egg_id',
              'CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1',
            ]
      const set = own('everything', { ...circle, '0002_more.up': more.join(';\n'), '0002_more.down': 'SELECT 1;' })
      await migrateUp(claim, set)
      await dropNamespace(claim, await planDrop(claim))
      expect(await bench.database.namespaces.exists(bench.session, claim.namespace)).toBe(false)
    })

    it('drops nothing while something outside depends on it', async () => {
      const set = own('depended', circle)
      await migrateUp(claim, set)
      const outside = ownNamespace('outside')
      const [space, other] = [claim.namespace, outside].map(name => bench.database.quoteName(name))
      const make =
        bench.database.engine === 'postgres'
          ? [`CREATE SCHEMA ${other}`, `CREATE VIEW ${other}.report AS SELECT id FROM ${space}.hen`]
          : [`CREATE DATABASE ${other}`, `CREATE TABLE ${other}.report (hen_id INT, FOREIGN KEY (hen_id) REFERENCES ${space}.hen (id))`]
      for (const statement of make) await bench.session.query(statement)
      try {
        const error = await failure(planDrop(claim).then(plan => dropNamespace(claim, plan)))
        expect(error).toMatchObject({ code: 'NAMESPACE_DEPENDENTS', exitCode: 5 })
        expect(error.message).toContain(
          bench.database.engine === 'postgres' ? `view ${outside}.report depends on table hen` : `${outside}.report`,
        )
        expect((await migrationStatus(claim, set))[0]?.state).toBe('applied')
        expect((await bench.session.query('SELECT COUNT(*) FROM brood')).rows).toEqual([[0]])
      } finally {
        await bench.session.query(bench.database.engine === 'postgres' ? `DROP SCHEMA ${other} CASCADE` : `DROP DATABASE ${other}`)
      }
    })

    it('two sets that make the same table do not take it from each other', async () => {
      const first = own('owner', { '0001_t.up': 'CREATE TABLE shared (id INT);', '0001_t.down': 'DROP TABLE shared;' })
      const second = own('taker', { '0001_t.up': 'CREATE TABLE shared (id INT);', '0001_t.down': 'DROP TABLE shared;' })
      await migrateUp(claim, first)
      const error = await failure(migrateUp(claim, second))
      expect(error.code).toBe('MIGRATION_FAILED')
      expect(error.hint).toContain('oltp migrate down --set owner --to 0')
      expect(await manifest(claim)).toEqual([{ kind: 'table', name: 'shared', set: 'owner' }])
    })
  })
}
