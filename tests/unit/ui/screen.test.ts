import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Screen, startScreen } from '#oltp/ui/screen.js'
import { canShowScreen, whyTooPoor } from '#oltp/ui/terminal.js'
import { type FakeTerminal, fakeTerminal } from '../../support/fake-terminal.js'
import { sampleEvents, samplePreparation } from '../../support/sample-run.js'

const utf8 = { LANG: 'C.UTF-8', TERM: 'xterm-256color' }
const enter = '\x1b[?1049h'
const leave = '\x1b[?1049l'
const showCursor = '\x1b[?25h'

// Ink draws nothing until its end where it believes to be in CI.
beforeEach(() => {
  vi.stubEnv('CI', 'false')
  vi.stubEnv('CONTINUOUS_INTEGRATION', 'false')
})

const open: Screen[] = []
afterEach(async () => {
  for (const screen of open.splice(0)) await screen.close()
  vi.unstubAllEnvs()
})

async function start(terminal: FakeTerminal, env: Record<string, string> = utf8) {
  const stops: string[] = []
  const screen = startScreen({ stream: terminal.stream, stdin: terminal.stdin, env, title: 'transfers', onStop: how => stops.push(how) })
  open.push(screen)
  expect(terminal.written()).toContain(enter)
  // The mark of Ink's own frames: synchronized output.
  await vi.waitFor(() => expect(terminal.written()).toContain('\x1b[?2026h'), 10_000)
  return { screen, stops }
}

const shown = (terminal: FakeTerminal, text: string) =>
  vi.waitFor(() => expect(stripVTControlCharacters(terminal.written())).toContain(text), 5000)

test('a dashboard is drawn on a terminal that can, and nowhere else', () => {
  const can = (columns: number, rows: number, env: Record<string, string>, isTTY = true) => canShowScreen({ isTTY, columns, rows }, env)
  expect(can(60, 16, {})).toBe(true)
  expect(can(59, 16, {})).toBe(false)
  expect(can(60, 15, {})).toBe(false)
  expect(can(80, 24, { TERM: 'dumb' })).toBe(false)
  expect(can(80, 24, { CI: 'true' })).toBe(false)
  expect(can(80, 24, { CI: '0', CONTINUOUS_INTEGRATION: 'false' })).toBe(true)
  expect(can(80, 24, { CONTINUOUS_INTEGRATION: '1' })).toBe(false)
  expect(can(80, 24, {}, false)).toBe(false)
  expect(canShowScreen({ isTTY: true }, {})).toBe(false)
})

test('it draws what it hears, answers keys, and gives the terminal back', async () => {
  const terminal = fakeTerminal(80, 24)
  const { screen, stops } = await start(terminal)
  for (const event of samplePreparation) screen.onEvent(event)
  await shown(terminal, 'seed account')
  for (const event of sampleEvents(8)) screen.onEvent(event)
  await shown(terminal, 'transfers · pessimistic')
  expect(terminal.rawMode()).toBe(true)

  terminal.type('t')
  await shown(terminal, 't window 5m')
  terminal.type('\t')
  await shown(terminal, 'tab view 2/4')
  terminal.type(' ')
  await shown(terminal, 'FROZEN')
  terminal.type('?')
  await shown(terminal, 'What the numbers mean')
  expect(stops).toEqual([])
  terminal.type('q\x03')
  await vi.waitFor(() => expect(stops).toEqual(['drain', 'now']))

  await screen.close()
  expect(terminal.rawMode()).toBe(false)
  const end = terminal.written().slice(terminal.written().lastIndexOf(leave))
  expect(end).toBe(leave)
  expect(terminal.written().lastIndexOf(showCursor)).toBeGreaterThan(terminal.written().lastIndexOf('\x1b[?25l'))
  const length = terminal.written().length
  await screen.close()
  screen.onEvent({ kind: 'stopping', how: 'now' })
  terminal.resize(100, 30)
  expect(terminal.written()).toHaveLength(length)
})

test('a frozen picture stays while the load goes on', async () => {
  const terminal = fakeTerminal(80, 24)
  const { screen } = await start(terminal)
  for (const event of sampleEvents(8)) screen.onEvent(event)
  terminal.type(' ')
  await shown(terminal, 'FROZEN')
  screen.onEvent({ kind: 'notice', level: 'info', t_s: 9, text: 'nobody sees this yet' })
  terminal.type('3')
  await shown(terminal, 'What the server said')
  expect(terminal.written()).not.toContain('nobody sees this yet')
  terminal.type(' ')
  await shown(terminal, 'nobody sees this yet')
})

test('it follows the size of the terminal, both ways, and never clears the scrollback', async () => {
  const terminal = fakeTerminal(80, 24)
  const { screen } = await start(terminal)
  for (const event of sampleEvents(8)) screen.onEvent(event)
  await shown(terminal, 'transfers · pessimistic')
  terminal.fresh()
  terminal.resize(120, 40)
  await shown(terminal, '1 overview')
  expect(terminal.fresh()).toContain('\x1b[2J\x1b[H')
  terminal.fresh()
  terminal.resize(120, 40)
  expect(terminal.fresh()).not.toContain('\x1b[2J')
  terminal.resize(70, 18)
  await shown(terminal, 'tab view 1/4')
  terminal.resize(40, 8)
  await shown(terminal, '40x8 is too small')
  expect(terminal.written()).not.toContain('\x1b[3J')
})

test('without a keyboard it says so, and without colour it has none', async () => {
  const terminal = fakeTerminal(80, 24, false)
  await start(terminal, { ...utf8, LANG: 'C' })
  await shown(terminal, 'keys are off')
  expect(terminal.rawMode()).toBe(false)
  expect([...stripVTControlCharacters(terminal.written())].every(character => character <= '~')).toBe(true)
})

test('the first picture does not wait for Ink; closed before that is loaded, nothing more comes', async () => {
  const terminal = fakeTerminal(80, 24)
  const screen = startScreen({ stream: terminal.stream, stdin: terminal.stdin, env: utf8, title: 'transfers', onStop: () => {} })
  expect(stripVTControlCharacters(terminal.written())).toContain('PREPARING')
  await screen.close()
  const { length } = terminal.written()
  expect(terminal.written().endsWith(leave)).toBe(true)
  await import('#oltp/ui/Dashboard.js')
  await new Promise(setImmediate)
  expect(terminal.written()).toHaveLength(length)
})

test('colours are loaded as the environment wants them, and the environment is left as it was', async () => {
  vi.stubEnv('FORCE_COLOR', '3')
  const terminal = fakeTerminal(80, 24)
  await start(terminal)
  expect(process.env.FORCE_COLOR).toBe('3')
})

test('who has a terminal that is too poor is told why', () => {
  const why = (columns: number, rows: number, env: Record<string, string> = {}, isTTY = true) => whyTooPoor({ isTTY, columns, rows }, env)
  expect(why(50, 14)).toBe('the terminal is 50x14, the screen needs 60x16: make it larger to step through')
  expect(why(80, 15)).toContain('80x15')
  expect(why(80, 24, { TERM: 'dumb' })).toContain('dumb')
  expect(why(80, 24)).toBeNull()
  expect(why(80, 24, { CI: 'true' })).toBeNull()
  expect(why(50, 14, {}, false)).toBeNull()
})
