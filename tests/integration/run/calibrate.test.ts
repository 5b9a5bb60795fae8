import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OltpError } from '#oltp/errors.js'
import { calibrate } from '#oltp/run/calibrate.js'
import type { RunEvent } from '#oltp/run/events.js'
import { type RecordedReplies, recordReplies } from '#oltp/run/record-replies.js'
import { type Bench, openBench, ownNamespace } from '../../support/namespace.js'
import { engines } from '../../support/servers.js'
import { altered, noticesIn, planFor, unstopped } from '../../support/stub.js'

const silent = () => {}

describe.each(engines.map(({ name, url }) => ({ name, url })))('on $name', ({ name, url }) => {
  let bench: Bench
  const namespace = ownNamespace('calibrate')
  const small = { set: { accounts: '500' } }
  let transfers: RecordedReplies
  let tpcb: RecordedReplies

  beforeAll(async () => {
    bench = await openBench(url)
    transfers = await recordReplies(await planFor(bench, namespace, 'transfers', small), silent, unstopped())
    tpcb = await recordReplies(await planFor(bench, namespace, 'tpcb'), silent, unstopped())
  })
  afterAll(async () => {
    await bench.clean(namespace)
    await bench.close()
  })

  it('runs transfers and TPC-B against what the server answered: all commit, every expect holds', async () => {
    for (const [scenario, recorded] of [
      ['transfers', transfers],
      ['tpcb', tpcb],
    ] as const) {
      const ceiling = await calibrate(await planFor(bench, namespace, scenario), recorded, silent, unstopped())
      expect(ceiling.totals.committed).toBeGreaterThan(10)
      expect(ceiling.totals.failed).toBe(0)
      expect(ceiling.totals.retries).toBe(0)
      expect(ceiling.tps).toBeGreaterThan(0)
      expect(ceiling.recorded_from.product).toBe(bench.serverInfo.product)
      expect(ceiling.stub.cpu_us_per_transaction).toBeGreaterThan(0)
      expect(ceiling.notices).toEqual([])
    }
  })

  it('does so with statements parsed at every call, and with BEGIN and COMMIT on board of others', async () => {
    const plan = await planFor(bench, namespace, 'transfers', { ...small, protocol: 'extended', pipeline: true })
    const recorded = await recordReplies(plan, silent, unstopped())
    expect((await calibrate(plan, recorded, silent, unstopped())).totals).toMatchObject({ failed: 0, retries: 0 })
  })

  it('serves 200 clients on two threads', async () => {
    const plan = await planFor(bench, namespace, 'transfers', { overrides: { clients: 200, durationMs: 1000 }, threads: 2 })
    const { totals, load } = await calibrate(plan, transfers, silent, unstopped())
    expect(load.clients).toBe(200)
    expect(totals.committed).toBeGreaterThan(200)
    expect(totals.failed).toBe(0)
  })

  it('tells the load that a row was not there when the recording is made to say so', async () => {
    const noRow = (reply: Buffer) => {
      const tag = reply.indexOf('UPDATE 1')
      if (name === 'postgres') reply.write('UPDATE 0', tag)
      else reply[5] = 0
      return reply
    }
    const recording = altered(transfers.recording, /balance \+/, noRow)
    const failure = await failureOf(
      calibrate(await planFor(bench, namespace, 'transfers'), { ...transfers, recording }, silent, unstopped()),
    )
    expect(failure.code).toBe('CALIBRATION_BROKE')
    expect(failure.message).toMatch(/credit/)
  })

  it('breaks a load with a statement that was not recorded, and names it', async () => {
    const { scenario, ...plan } = await planFor(bench, namespace, 'transfers')
    const naive = { ...scenario, phases: scenario.phases.map(phase => ({ ...phase, weights: { transfer_naive: 1 } })) }
    const failure = await failureOf(calibrate({ ...plan, scenario: naive }, transfers, silent, unstopped()))
    expect(failure.code).toBe('CALIBRATION_BROKE')
    expect(failure.message).toMatch(/transfer_naive\/read_source[\s\S]*the stub has no reply[\s\S]*SELECT balance AS source_balance/)
  })

  it('leaves word that the data was written to', async () => {
    const events: RunEvent[] = []
    await recordReplies(await planFor(bench, namespace, 'transfers', small), event => events.push(event), unstopped())
    expect(noticesIn(events)).toEqual([expect.stringMatching(/data was written to by an earlier run|the data is that of/)])
  })

  it('leaves out a rate, and says so', async () => {
    const plan = await planFor(bench, namespace, 'transfers', { overrides: { rate: 20 } })
    const { tps, notices, latency } = await calibrate(plan, transfers, silent, unstopped())
    expect(tps).toBeGreaterThan(25)
    expect(latency.kind).toBe('service')
    expect(notices).toEqual([expect.stringMatching(/left out: the rate/)])
  })

  it('refuses an encrypted connection', async () => {
    const plan = await planFor(bench, namespace, 'transfers', {
      target: { ...bench.target, tls: { mode: 'require-insecure', ca: null } },
    })
    const failure = await failureOf(recordReplies(plan, silent, unstopped()))
    expect(failure.code).toBe('RECORDING_NEEDS_PLAINTEXT')
    expect(failure.hint).toMatch(/sslmode=disable/)
  })
})

async function failureOf(work: Promise<unknown>): Promise<OltpError> {
  const failure = await work.then(
    () => null,
    error => error,
  )
  if (failure instanceof OltpError) return failure
  throw failure ?? new Error('it did not fail')
}
