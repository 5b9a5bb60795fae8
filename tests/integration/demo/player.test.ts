import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { DatabaseError } from '#oltp/database/contract.js'
import { type DemoPlayer, openPlayer, type Telling } from '#oltp/demo/player.js'
import type { Stage } from '#oltp/demo/stage.js'
import type { Demo } from '#oltp/scenario/demo/model.js'
import { parseDemo } from '#oltp/scenario/demo/parse.js'
import { engines } from '../../support/servers.js'
import { openStage, readDemo } from '../../support/stage.js'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function open(demo: Demo, telling: Partial<Telling> = {}, urls: readonly string[] = [engines[0]?.url ?? '']): Promise<DemoPlayer> {
  const opened = await Promise.all(urls.map(openStage))
  closing.push(...opened.map(({ close }) => close))
  const names = opened.map(({ stage }) => stage.server.product)
  const stageOn = async (engine: string) => {
    const found = opened.find(({ stage }) => stage.server.product === engine)
    if (found === undefined) throw new Error(`no stage on ${engine}`)
    return found.stage
  }
  const engine = names[0] ?? ''
  const player = await openPlayer({ demo, engines: names, stageOn, telling: { engine, variant: null, isolation: null, ...telling } })
  closing.push(() => player.close())
  return player
}

/** Lost update at read committed, on a stage that is there. */
async function openOn(stage: Stage): Promise<DemoPlayer> {
  const engine = stage.server.product
  const telling: Telling = { engine, variant: null, isolation: 'read committed' }
  const player = await openPlayer({ demo: readDemo('lost-update'), engines: [engine], stageOn: async () => stage, telling })
  closing.push(() => player.close())
  return player
}

/** What is to be seen of a scene, without what differs from run to run. */
const seen = ({ scene: { state } }: DemoPlayer) => ({
  next: state.next,
  waits: state.waits.map(({ session, blockers }) => [session, blockers]),
  facts: state.facts.map(({ status, sql, answer, error }) => [status, sql, answer?.rows, answer?.affected, error?.code]),
})

async function walk(player: DemoPlayer): Promise<ReturnType<typeof seen>[]> {
  const places = [seen(player)]
  while (!player.scene.state.finished) {
    await player.next()
    places.push(seen(player))
  }
  return places
}

describe.each(engines.map(({ name }) => name))('%s', name => {
  const url = () => engines.find(engine => engine.name === name)?.url ?? ''

  it('goes back step by step through what it came by', async () => {
    const player = await open(readDemo('lost-update'), { isolation: 'read committed' }, [url()])
    const places = await walk(player)
    expect(places.length).toBeGreaterThan(6)
    expect(places.some(({ waits }) => waits.length > 0)).toBe(true)
    for (const place of places.slice(0, -1).reverse()) {
      await player.back()
      expect(seen(player)).toEqual(place)
    }
    await player.back()
    expect(seen(player)).toEqual(places[0])
  })

  it('goes back to a deadlock before it was resolved, and before it began', async () => {
    const player = await open(readDemo('deadlock'), {}, [url()])
    const places = await walk(player)
    const resolved = places.findIndex(({ facts }) => facts.some(([status]) => status === 'failed'))
    while (seen(player).facts.some(([status]) => status === 'failed')) await player.back()
    expect(seen(player)).toEqual(places[resolved - 1])
    await player.back()
    expect(seen(player)).toEqual(places[resolved - 2])
  })

  it('plays the same step at another level, and the end where that was reached', async () => {
    const player = await open(readDemo('lost-update'), { isolation: 'read committed' }, [url()])
    for (let steps = 0; steps < 4; steps++) await player.next()
    await player.start({ ...player.scene.telling, isolation: 'serializable' }, 'same step')
    expect(player.scene).toMatchObject({ isolation: 'serializable', state: { next: 4 } })
    await walk(player)
    await player.start({ ...player.scene.telling, isolation: 'read committed' }, 'same step')
    expect(player.scene.state.finished).toBe(true)
    expect(await player.conclude()).toMatchObject({ outcome: 'happens', isolation: 'read committed' })
  })

  it('gives a verdict once, plays the other levels, and begins again', async () => {
    const player = await open(readDemo('lost-update'), { isolation: 'read committed' }, [url()])
    await walk(player)
    const result = await player.conclude()
    expect(await player.conclude()).toBe(result)
    expect(await player.locks()).toEqual([])
    const other = await player.playAt('serializable')
    expect(other).toMatchObject({ isolation: 'serializable', serializable: true })
    expect(other.outcome).not.toBe('happens')
    expect(await player.conclude()).toBe(result)
    await player.start({ ...player.scene.telling, variant: 'for-update' })
    expect(player.scene).toMatchObject({ telling: { variant: 'for-update' }, state: { next: 0 } })
    await walk(player)
    expect(await player.conclude()).toMatchObject({ variant: 'for-update', rule_held: true })
  })

  it('tells whose locks there are, held and asked for', async () => {
    const player = await open(readDemo('lost-update'), { isolation: 'read committed' }, [url()])
    while (player.scene.state.waits.length === 0) await player.next()
    const locks = await player.locks()
    expect(locks.filter(({ granted }) => granted).map(({ session }) => session)).toContain('A')
    // MariaDB lists only those of transactions that are in each other's way, and may leave out which is which.
    expect(locks.map(({ session }) => session)).toContain('B')
  })

  it('quits while a session waits, and leaves nothing behind', async () => {
    const { stage, close } = await openStage(url())
    closing.push(close)
    const player = await openOn(stage)
    while (player.scene.state.waits.length === 0) await player.next()
    await player.close()
    // The tables could not be dropped while a session has them.
    expect((await openOn(stage)).scene.state.next).toBe(0)
  })

  it.each(['start', 'back'] as const)('quits while it begins again (%s), and leaves nothing behind', async how => {
    const { stage, close } = await openStage(url())
    closing.push(close)
    const player = await openOn(stage)
    while (player.scene.state.waits.length === 0) await player.next()
    const again = (how === 'back' ? player.back() : player.start(player.scene.telling, 'same step')).catch(error => error)
    await sleep(15)
    await player.close()
    expect(await again).toBeInstanceOf(Error)
    expect((await openOn(stage)).scene.state.next).toBe(0)
  })

  it('quits while it plays another level', async () => {
    const player = await open(readDemo('lost-update'), { isolation: 'read committed' }, [url()])
    await walk(player)
    await player.conclude()
    const playing = player.playAt('repeatable read').catch(error => error)
    await player.close()
    expect(await playing).toBeDefined()
  })
})

it('goes to another server, to the same step', async () => {
  const player = await open(
    readDemo('lost-update'),
    {},
    engines.map(({ url }) => url),
  )
  for (let steps = 0; steps < 3; steps++) await player.next()
  for (const product of ['MySQL', 'MariaDB', 'PostgreSQL']) {
    await player.start({ ...player.scene.telling, engine: product }, 'same step')
    expect(player.scene).toMatchObject({ server: { product }, state: { next: 3 } })
  }
})

it('a server that cannot be reached leaves everything as it is', async () => {
  const player = await open(readDemo('lost-update'))
  await player.next()
  await expect(player.start({ ...player.scene.telling, engine: 'Oracle' }, 'same step')).rejects.toThrow('no stage on Oracle')
  expect(player.scene).toMatchObject({ telling: { engine: 'PostgreSQL' }, state: { next: 1 } })
  await player.next()
  expect(player.scene.state).toMatchObject({ next: 2, facts: [{ status: 'done' }, { status: 'done' }, {}, {}, {}, {}, {}, {}] })
})

it('tells the story on a server where the variant makes no sense', async () => {
  const story = readDemo('lost-update')
  const variants = story.variants.map(variant => ({ ...variant, plot: { ...variant.plot, engines: ['postgres' as const] } }))
  const urls = engines.map(({ url }) => url)
  const player = await open({ ...story, variants }, { variant: 'for-update' }, urls)
  expect(player.scene.telling.variant).toBe('for-update')
  await player.start({ ...player.scene.telling, engine: 'MySQL' })
  expect(player.scene.telling).toMatchObject({ engine: 'MySQL', variant: null })
})

it('a variant whose tables cannot be made leaves the story, which the next step begins again', async () => {
  const story = readDemo('lost-update')
  const [first] = story.variants
  if (first === undefined) throw new Error('a demo without variants')
  const broken = { ...first, name: 'broken', plot: { ...first.plot, setup: [{ postgres: 'CREATE TABLE' }] } }
  const player = await open({ ...story, variants: [broken] })
  await player.next()
  await expect(player.start({ ...player.scene.telling, variant: 'broken' })).rejects.toMatchObject({ code: 'DEMO_SETUP_FAILED' })
  expect(player.scene.telling.variant).toBeNull()
  expect(await player.locks()).toEqual([])
  await player.next()
  expect(player.scene.state.next).toBe(0)
  await player.next()
  expect(player.scene.state).toMatchObject({ next: 1, facts: [{ status: 'done' }, {}, {}, {}, {}, {}, {}, {}] })
})

const timeout = parseDemo(
  `version: 1
name: impatient
kind: locking
title: B waits no longer
theme: Locks
summary: A lock time-out
story: B asks for a row that A has.
unjudged: nobody reads
setup:
  - CREATE TABLE t (id INT PRIMARY KEY)
  - INSERT INTO t VALUES (1)
session: { postgres: { lock_timeout: 200ms } }
sessions: [A, B]
schedule:
  - A: BEGIN
  - A: SELECT id FROM t WHERE id = 1 FOR UPDATE
  - B: SELECT id FROM t WHERE id = 1 FOR UPDATE
  - A: COMMIT
`,
  'impatient.yaml',
)

it('says that a wait has ended since, and the next step tells how, and no more', async () => {
  const player = await open(timeout)
  for (let steps = 0; steps < 3; steps++) await player.next()
  expect(player.scene.state).toMatchObject({ next: 3, waits: [{ session: 'B' }] })
  await expect.poll(() => player.overdue).toEqual(['B'])
  expect(player.scene.state.facts[2]?.status).toBe('waiting')
  await player.next()
  expect(player.scene.state).toMatchObject({ next: 3, waits: [], facts: [{}, {}, { status: 'failed', error: { code: '55P03' } }, {}] })
  expect(player.overdue).toEqual([])
})

it('quits while a step waits for the server', async () => {
  const player = await open(readDemo('timeouts'), {}, [engines.find(({ name }) => name === 'mysql')?.url ?? ''])
  const playing = walk(player).catch(error => error)
  await expect.poll(() => player.scene.state.waits.length, { timeout: 20_000 }).toBeGreaterThan(0)
  await sleep(50)
  await player.close()
  const ended = await playing
  if (ended instanceof Error) expect(ended).toBeInstanceOf(DatabaseError)
})
