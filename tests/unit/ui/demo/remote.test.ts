import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { exitCodes, OltpError } from '#oltp/errors.js'
import { Remote } from '#oltp/ui/demo/remote.js'
import { onlyServer } from '../../../support/demo-scene.js'
import { fakePlayer } from '../../../support/fake-player.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function start(engines?: readonly string[]) {
  const player = fakePlayer(engines)
  const failures: unknown[] = []
  let quits = 0
  const options = {
    large: false,
    onlyServer,
    onChange: () => {},
    onQuit: () => quits++,
    onFailure: (error: unknown) => failures.push(error),
  }
  const remote = new Remote(player, options)
  /** Presses keys and lets everything come to rest that does not wait for the clock. */
  const press = async (...keys: string[]) => {
    for (const key of keys) {
      remote.press(key)
      await vi.advanceTimersByTimeAsync(0)
    }
  }
  return { player, remote, press, failures, quits: () => quits }
}

const toTheEnd = new Array(8).fill('space')

test('space and enter step; at the end comes the verdict, and then the other levels by themselves', async () => {
  const { player, remote, press } = start()
  await press('space', 'enter')
  expect(player.asked).toEqual(['next', 'next'])
  await press(...toTheEnd.slice(2))
  expect(remote.view).toMatchObject({ page: 'steps', scene: { state: { finished: true } } })
  await press('space')
  expect(remote.view.page).toBe('verdict')
  expect(player.asked.slice(8)).toEqual(['conclude', 'play at read uncommitted', 'play at repeatable read', 'play at serializable'])
  expect([...(remote.view.verdict?.levels ?? [])].map(([, found]) => typeof found)).toEqual(new Array(4).fill('object'))
  await press('space')
  expect(remote.view.notice).toContain('that was the verdict')
})

test('from the verdict back to the last step, and then to the one before', async () => {
  const { player, remote, press } = start()
  await press(...toTheEnd, 'space', 'b')
  expect(remote.view.page).toBe('steps')
  expect(player.asked).not.toContain('back')
  await press('b')
  expect(player.asked.at(-1)).toBe('back')
  expect(remote.view.verdict).toBeNull()
})

test('it plays a step a second, until the verdict', async () => {
  const { player, remote, press } = start()
  await press('a')
  expect(player.asked).toEqual(['next'])
  await vi.advanceTimersByTimeAsync(3_000)
  expect(player.asked).toHaveLength(4)
  expect(remote.view.playing).toBe(true)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(remote.view).toMatchObject({ playing: false, page: 'verdict' })
})

test('there is nothing to play after the verdict', async () => {
  const { player, remote, press } = start()
  await press(...toTheEnd, 'space', 'a')
  const asked = player.asked.length
  await vi.advanceTimersByTimeAsync(5_000)
  expect(remote.view).toMatchObject({ playing: false, page: 'verdict', notice: expect.stringContaining('that was the verdict') })
  expect(player.asked).toHaveLength(asked)
})

test('any key stops it from playing, and does nothing else; q quits as well', async () => {
  const { player, remote, press, quits } = start()
  await press('a', 'i')
  expect(remote.view.playing).toBe(false)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(player.asked).toEqual(['next'])
  await press('a', 'q')
  expect(quits()).toBe(1)
})

test('another level or server is played to the same step, from the verdict to the verdict', async () => {
  const { player, remote, press } = start(['postgres', 'mysql'])
  await press('space', 'i', 'e')
  expect(player.asked.slice(1)).toEqual(['start postgres null repeatable read same step', 'start mysql null repeatable read same step'])
  await press(...toTheEnd.slice(1), 'space')
  expect(remote.view.page).toBe('verdict')
  await press('i')
  expect(remote.view).toMatchObject({ page: 'verdict', scene: { isolation: 'serializable' } })
})

test('what was found out of the levels stays, as long as the server and the variant do', async () => {
  const { player, press } = start(['postgres', 'mysql'])
  await press(...toTheEnd, 'space')
  const found = player.asked.length
  await press('i')
  expect(player.asked.slice(found)).toEqual(['start postgres null repeatable read same step', 'conclude'])
  await press('e')
  expect(player.asked.slice(found + 2)).toHaveLength(5)
})

test('fixes and variants begin again', async () => {
  const { player, remote, press } = start()
  await press(...toTheEnd, 'space', 'f')
  expect(player.asked.at(-1)).toBe('start postgres locked null beginning')
  expect(remote.view.page).toBe('steps')
  await press('v', 'r')
  expect(player.asked.slice(-2)).toEqual(['start postgres other null beginning', 'start postgres other null beginning'])
})

test('a server that cannot be reached is said, and passed over the next time', async () => {
  const { player, remote, press } = start(['postgres', 'mysql', 'mariadb'])
  player.failWith(new OltpError('NO_SERVER', exitCodes.setup, 'there is no mysqld'))
  await press('e')
  expect(remote.view).toMatchObject({ notice: 'there is no mysqld', scene: { telling: { engine: 'postgres' } } })
  await press('e', 'e')
  expect(player.asked.slice(1).map(asked => asked.split(' ')[1])).toEqual(['mariadb', 'postgres'])
})

test('the only server says so, and what to do', async () => {
  const { player, remote, press } = start()
  await press('e')
  expect(remote.view.notice).toBe(onlyServer)
  expect(player.asked).toEqual([])
})

test('locks are asked for anew after every step, while they are shown', async () => {
  const { player, remote, press } = start()
  await press('space', 'l', 'space')
  expect(player.asked).toEqual(['next', 'locks', 'next', 'locks'])
  expect(remote.view.locks).toHaveLength(1)
  await press('l', 'space')
  expect(remote.view.locks).toBeNull()
  expect(player.asked.slice(4)).toEqual(['next'])
})

test('keys that come fast are taken one after the other; those that come while one waits for the server mean nothing', async () => {
  const { player, remote, press } = start()
  const release = player.hold()
  await press('space', 'space')
  expect(remote.view.busy).toBeNull()
  await vi.advanceTimersByTimeAsync(500)
  expect(remote.view.busy).toBe('waiting for the server')
  await press('space', 'space', '?')
  expect(remote.view.help).toBe(true)
  release()
  await vi.advanceTimersByTimeAsync(0)
  expect(player.asked).toEqual(['next', 'next'])
})

test('what the server is to blame for is said, and the way on is open', async () => {
  const { player, remote, press, failures } = start()
  player.failWith(new OltpError('DEMO_STUCK', exitCodes.broke, 'nothing moves', { hint: 'look at the server' }))
  await press('space')
  expect(remote.view.notice).toBe('nothing moves; look at the server')
  await press('r')
  expect(remote.view.notice).toBeNull()
  expect(failures).toEqual([])
})

test('what we are to blame for is handed on', async () => {
  const { player, press, failures } = start()
  const bug = new TypeError('undefined is not a function')
  player.failWith(bug)
  await press('space')
  expect(failures).toEqual([bug])
})

test('closed, it does nothing any more', async () => {
  const { player, remote, press } = start()
  await press('a')
  remote.close()
  await press('space')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(player.asked).toEqual(['next'])
})

test('help, the large layout and scrolling need no server', async () => {
  const { player, remote, press } = start()
  await press('?', '+', 'down', 'page down', 'up')
  expect(remote.view).toMatchObject({ help: true, large: true, scroll: 10 })
  await press('escape')
  expect(remote.view).toMatchObject({ help: false, scroll: 0 })
  expect(player.asked).toEqual([])
})
