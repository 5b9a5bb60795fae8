import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Exploration } from '#oltp/demo/exploration.js'
import { explore } from '#oltp/demo/explore.js'
import { play } from '#oltp/demo/play.js'
import type { Stage } from '#oltp/demo/stage.js'
import { explorationText } from '#oltp/report/demo/explore-text.js'
import type { Isolation } from '#oltp/scenario/model.js'
import { engines } from '../../support/servers.js'
import { openStage, readDemo } from '../../support/stage.js'

const style = { colour: false, columns: 120 }

for (const engine of engines) {
  describe(`every order of a demo's steps on ${engine.name}`, () => {
    let opened: Awaited<ReturnType<typeof openStage>>
    let stage: Stage
    let lostUpdate: Exploration
    const exploring = (name: string, isolation: Isolation, limit = 300) =>
      explore(stage, { demo: readDemo(name), variant: null, isolation }, { limit, seed: 1 })

    beforeAll(async () => {
      opened = await openStage(engine.url)
      stage = opened.stage
      lostUpdate = await exploring('lost-update', 'read committed')
    })

    afterAll(async () => {
      await opened?.close()
    })

    test('18 of 20 lose an update at read committed: all but the two serial ones', () => {
      const found = lostUpdate
      expect(found).toMatchObject({ interleavings: 20, played: 20, wrong: 18, sample_seed: null, complete: true, failures: [] })
      expect(found.schedules.filter(({ wrong }) => !wrong).map(({ order }) => order.join(''))).toEqual(['AAABBB', 'BBBAAA'])
      expect(explorationText(found, style)).toContain('18 of 20 orders of its steps go wrong')
    })

    test('the swap that decides does decide', () => {
      const { first_wrong, nearest_right } = lostUpdate
      expect(first_wrong?.order.join('')).toBe('AABABB')
      expect(nearest_right?.order.join('')).toBe('AAABBB')
      expect(nearest_right?.swaps).toBe(1)
      expect(nearest_right?.critical_swap).toMatchObject([
        { session: 'B', sql: expect.stringMatching(/^SELECT/) },
        { session: 'A', sql: 'COMMIT' },
      ])
      expect(first_wrong?.result.outcome).toBe('happens')
      expect(nearest_right?.result.outcome).not.toBe('happens')
    })

    test('3 of 20 see the money in between at read committed', async () => {
      expect(await exploring('read-skew', 'read committed')).toMatchObject({ interleavings: 20, wrong: 3 })
    })

    test('none goes wrong at serializable, and nothing is said of a first', async () => {
      const found = await exploring('lost-update', 'serializable')
      expect(found).toMatchObject({ played: 20, wrong: 0, first_wrong: null, nearest_right: null })
      expect(found.outcomes.happens).toBe(0)
      // MariaDB refuses what a deadlock would, too: who comes second has read what is no more.
      const possible = { postgres: ['40001'], mysql: ['1213'], mariadb: ['1020', '1213'] }[engine.name]
      expect(Object.keys(found.codes)).not.toEqual([])
      expect(possible).toEqual(expect.arrayContaining(Object.keys(found.codes)))
    })

    test('too many are drawn from, and it says so; the same seed draws the same', async () => {
      const found = await exploring('lost-update', 'read committed', 5)
      expect(found).toMatchObject({ interleavings: 20, played: 5, sample_seed: 1, complete: true })
      expect(new Set(found.schedules.map(({ order }) => order.join())).size).toBe(5)
      expect(explorationText(found, style)).toContain('of 5 orders of its steps go wrong, drawn from 20 with seed 1')
      const again = await exploring('lost-update', 'read committed', 5)
      expect(again.schedules).toEqual(found.schedules)
    })

    test('the story is one of them, and comes to the same', async () => {
      const story = await play(stage, { demo: readDemo('lost-update'), variant: null, isolation: 'read committed' })
      const same = lostUpdate.schedules.find(({ order }) => order.join('') === 'ABABAB')
      expect(same).toMatchObject({ outcome: story.outcome, codes: story.codes, rule_held: story.rule_held })
    })

    test('it stops when asked to, and counts what was played', async () => {
      const stop = new AbortController()
      const demo = readDemo('lost-update')
      const found = await explore(
        stage,
        { demo, variant: null, isolation: 'read committed' },
        { limit: 300, seed: 1, signal: stop.signal, onProgress: done => done === 3 && stop.abort() },
      )
      expect(found).toMatchObject({ played: 3, complete: false })
      expect(explorationText(found, style)).toContain('stopped on the way: there are 20')
    })
  })
}
