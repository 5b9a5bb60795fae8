import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { showDemo } from '#oltp/ui/demo/screen.js'
import { onlyServer } from '../../../support/demo-scene.js'
import { fakePlayer } from '../../../support/fake-player.js'
import { type FakeTerminal, fakeTerminal } from '../../../support/fake-terminal.js'

const utf8 = { LANG: 'C.UTF-8', TERM: 'xterm-256color' }
const leave = '\x1b[?1049l'

// Ink draws nothing until its end where it believes to be in CI.
beforeEach(() => {
  vi.stubEnv('CI', 'false')
  vi.stubEnv('CONTINUOUS_INTEGRATION', 'false')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

async function start(terminal: FakeTerminal, env: Record<string, string> = utf8) {
  const player = fakePlayer()
  const end = new AbortController()
  const over = showDemo({ player, onlyServer, stream: terminal.stream, stdin: terminal.stdin, env, signal: end.signal })
  await vi.waitFor(() => expect(terminal.written()).toContain('\x1b[?2026h'), 10_000)
  return { player, over, end }
}

const shown = (terminal: FakeTerminal, text: string) =>
  vi.waitFor(() => expect(stripVTControlCharacters(terminal.fresh())).toContain(text), 5_000)

test('it is stepped through with the keyboard, and gives the terminal back', async () => {
  const terminal = fakeTerminal(80, 24)
  const { player, over } = await start(terminal)
  expect(stripVTControlCharacters(terminal.written())).toContain('Ten tickets are left')
  terminal.type(' ')
  await shown(terminal, 'step 1 of 8')
  terminal.type('\r')
  await shown(terminal, 'step 2 of 8')
  terminal.type('    ')
  await shown(terminal, 'B ──▶ A')
  terminal.type('l')
  await shown(terminal, 'RowExclusiveLock')
  terminal.type('\x1b[A')
  terminal.type('q')
  await over
  await vi.waitFor(() => expect(terminal.rawMode()).toBe(false))
  expect(terminal.written().endsWith(leave)).toBe(true)
  expect(player.asked.at(-1)).toBe('close')
})

test('who scrolls beyond the end comes back with one key', async () => {
  const terminal = fakeTerminal(80, 24)
  const { over } = await start(terminal)
  terminal.type('?')
  await shown(terminal, 'What the marks mean')
  terminal.type('\x1b[6~\x1b[6~\x1b[6~')
  await shown(terminal, 'this session waits meanwhile')
  terminal.fresh()
  terminal.type('\x1b[A')
  await shown(terminal, '↓ 1 more')
  terminal.type('q')
  await over
})

test('it follows the size of the terminal', async () => {
  const terminal = fakeTerminal(80, 24)
  const { over } = await start(terminal)
  terminal.fresh()
  terminal.resize(120, 40)
  await shown(terminal, 'v variant')
  terminal.resize(40, 10)
  await shown(terminal, '40x10 is too small')
  terminal.type('\x03')
  await over
})

test('a signal ends it, also before Ink is loaded', async () => {
  const terminal = fakeTerminal(80, 24)
  const { over, end } = await start(terminal)
  end.abort()
  await over
  const early = fakeTerminal(80, 24)
  const player = fakePlayer()
  await showDemo({ player, onlyServer, stream: early.stream, stdin: early.stdin, env: utf8, signal: AbortSignal.abort() })
  expect(early.written().endsWith(leave)).toBe(true)
  expect(player.asked).toEqual(['close'])
})

test('a fault of ours gives the terminal back first', async () => {
  const terminal = fakeTerminal(80, 24)
  const { player, over } = await start(terminal)
  const failed = expect(over).rejects.toThrow('not a function')
  player.failWith(new TypeError('undefined is not a function'))
  terminal.type(' ')
  await failed
  expect(terminal.written().endsWith(leave)).toBe(true)
  await vi.waitFor(() => expect(terminal.rawMode()).toBe(false))
})
