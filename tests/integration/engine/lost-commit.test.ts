import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LoadReport } from '#oltp/engine/load.js'
import { runReal, startReal } from '../../support/real-load.js'
import { type Relay, startRelay } from '../../support/relay.js'
import { engines } from '../../support/servers.js'
import { type Ground, openGround, until } from '../../support/sessions.js'

const payments = (body = '', phases = 'phases: [{ name: long, duration: 60s, clients: 3 }]') => `version: 1
name: inline
transactions:
  pay:
    let: { id: "sequence('pay')", amount: "uniform(1, 5)" }
    tally: { paid: amount }
    steps:
      - sql: INSERT INTO payment (id, amount) VALUES (:id, :amount)
${body}
${phases}
`

const plain = engines.map(engine => ({ engine, pipeline: false }))
const pipelined = engines.filter(({ name }) => name === 'postgres').map(engine => ({ engine, pipeline: true }))

for (const { engine, pipeline } of [...plain, ...pipelined]) {
  describe(`${engine.name}${pipeline ? ', COMMIT travelling with the statement' : ''}`, () => {
    let ground: Ground
    let relay: Relay
    beforeAll(async () => {
      ground = await openGround(engine, pipeline ? 'lostpipelined' : 'lostcommit')
      await ground.admin.query('CREATE TABLE payment (id int NOT NULL, amount bigint NOT NULL)')
    })
    afterAll(() => ground.close())
    beforeEach(async () => {
      await ground.admin.query('DELETE FROM payment')
      relay = await startRelay(ground.target.host, ground.target.port)
    })
    afterEach(() => relay.close())

    const one = async (text: string) => Number((await ground.admin.query(text)).rows[0]?.[0])

    /** Loses an answer or a request while the load runs, and the connection with it, until somebody is in doubt. */
    async function loseWhile(lose: (text: string) => void): Promise<LoadReport> {
      const target = { ...ground.target, host: '127.0.0.1', port: relay.port }
      const { load, ticks } = startReal(engine, ground, payments(), { target, pipeline })
      await load.ready
      await until(async () => (await one('SELECT COUNT(*) FROM payment')) > 20)
      lose('COMMIT')
      await until(() => ticks.some(({ errors }) => errors.some(({ outcome }) => outcome === 'ambiguous')), 50)
      lose('none has this in it')
      const before = await one('SELECT COUNT(*) FROM payment')
      await until(async () => (await one('SELECT COUNT(*) FROM payment')) > before + 20)
      load.drain()
      return load.finished
    }

    it('a COMMIT whose answer is lost is in doubt, is not sent again, and widens the tally by what it moved', async () => {
      const report = await loseWhile(text => relay.loseAnswerTo(text))
      const totals = report.phases[0]?.totals
      expect(report).toMatchObject({ broken: null, fatal: null })
      expect(totals?.ambiguous).toBeGreaterThanOrEqual(1)
      expect(totals).toMatchObject({ failed: totals?.ambiguous, outcomes: { ambiguous: totals?.ambiguous, connection: 0 } })
      // The server did commit them all: sent again, an id would be there twice.
      expect(await one('SELECT COUNT(*) FROM payment')).toBe(Number(totals?.committed) + Number(totals?.ambiguous))
      expect(await one('SELECT COUNT(*) - COUNT(DISTINCT id) FROM payment')).toBe(0)
      const paid = await one('SELECT SUM(amount) FROM payment')
      const tally = report.tallies.get('paid')
      expect(tally).toMatchObject({ high: paid })
      expect(Number(tally?.value)).toBeLessThan(paid)
      expect(tally?.low).toBe(tally?.value)
    })

    it('a COMMIT that never arrived is in doubt just as well, and the true sum is at the other end', async () => {
      const report = await loseWhile(text => relay.loseRequest(text))
      const totals = report.phases[0]?.totals
      expect(totals?.ambiguous).toBeGreaterThanOrEqual(1)
      expect(totals).toMatchObject({ failed: totals?.ambiguous, outcomes: { ambiguous: totals?.ambiguous, connection: 0 } })
      expect(await one('SELECT COUNT(*) FROM payment')).toBe(totals?.committed)
      const paid = await one('SELECT SUM(amount) FROM payment')
      const tally = report.tallies.get('paid')
      expect(tally).toMatchObject({ value: paid, low: paid })
      expect(Number(tally?.high)).toBeGreaterThan(paid)
    })
  })
}

describe.each([false, true])('a COMMIT that fails, through the load, pipelined: %s', pipeline => {
  const [postgres] = engines.filter(({ name }) => name === 'postgres')
  if (postgres === undefined) throw new Error('no server')
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround(postgres, 'nocommit')
    await ground.admin.query('CREATE TABLE payment (id int NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED, amount bigint NOT NULL)')
  })
  afterAll(() => ground.close())

  it('for a deferred constraint is no commit, is not in doubt, and moves no tally', async () => {
    const again = '      - sql: INSERT INTO payment (id, amount) VALUES (:id, :amount)'
    const few = payments(again, 'phases: [{ name: few, transactions: 5, clients: 2 }]')
    const { phase, report } = await runReal(postgres, ground, few, { pipeline })
    expect(phase.totals).toMatchObject({ started: 10, committed: 0, failed: 10, ambiguous: 0, retries: 0, outcomes: { constraint: 10 } })
    expect(report.tallies.get('paid')).toEqual({ value: 0, low: 0, high: 0 })
    expect((await ground.admin.query('SELECT COUNT(*) FROM payment')).rows).toEqual([[0]])
  })

  it('because the server answers it with ROLLBACK is no commit either, and is not in doubt', async () => {
    const { host, port } = ground.target
    let aborting = 4
    const server = createServer(client => {
      const upstream = connect(port, host)
      for (const end of [client, upstream]) {
        end.on('error', () => {})
        end.on('close', () => [client, upstream].forEach(each => void each.destroy()))
      }
      client.on('data', data => {
        const at = data.indexOf('COMMIT\0')
        // Of the same length and another meaning, so that what the server says and what it did are its own. Parsed at every call.
        if (at >= 0 && aborting-- > 0) data.write('ABORT ', at)
        upstream.write(data)
      })
      upstream.pipe(client)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const target = { ...ground.target, host: '127.0.0.1', port: address.port }
    const few = payments('', 'phases: [{ name: few, transactions: 5, clients: 2 }]')
    const { phase, report } = await runReal(postgres, ground, few, { target, pipeline, protocol: 'extended' })
    server.close()
    expect(phase.totals).toMatchObject({ started: 10, committed: 6, failed: 4, ambiguous: 0, retries: 0 })
    expect(report.errors).toMatchObject([{ code: 'COMMIT_ROLLED_BACK', count: 4 }])
    expect((await ground.admin.query('SELECT COUNT(*) FROM payment')).rows).toEqual([[6]])
    const paid = Number((await ground.admin.query('SELECT SUM(amount) FROM payment')).rows[0]?.[0])
    expect(report.tallies.get('paid')).toEqual({ value: paid, low: paid, high: paid })
  })
})
