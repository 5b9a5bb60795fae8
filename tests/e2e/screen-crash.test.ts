import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { openTerminal, type Terminal } from '../support/tmux.js'

const child = fileURLToPath(new URL('../support/crashing-screen.js', import.meta.url))
let terminal: Terminal | null = null
afterEach(async () => {
  await terminal?.close()
})

/** The child in a shell that was there before, and is asked afterwards what it was left with. */
async function shell(way: string, when: string): Promise<Terminal> {
  const script = `echo before; ${process.execPath} ${child} ${way} '${when}'; echo "exit $?"; stty -a | tr ';' '\\n' | grep icanon; read line`
  terminal = await openTerminal({ columns: 80, rows: 24, command: ['sh', '-c', script], env: { CI: '' } })
  return terminal
}

it.each([
  { way: 'throws', readable: /Error: the sky fell/ },
  { way: 'rejects', readable: /Error: the sky fell/ },
  { way: 'exits', readable: /before/ },
])('a process that $way gives the terminal back', async ({ way, readable }) => {
  const screen = await shell(way, 'later')
  await screen.waitFor(/PREPARING[\s\S]*q stop/)
  await expect.poll(() => screen.modes(), { timeout: 10_000 }).toEqual({ alternateScreen: true, cursor: false })
  await expectGivenBack(screen, readable, () => screen.send('q'))
})

it('so does one that throws before Ink is loaded', async () => {
  await expectGivenBack(await shell('throws', 'at once'), /Error: the sky fell/)
})

async function expectGivenBack(screen: Terminal, readable: RegExp, press?: () => Promise<void>): Promise<void> {
  // Ink takes keys a moment after it has drawn.
  await expect
    .poll(
      async () => {
        await press?.()
        return screen.capture()
      },
      { timeout: 20_000, interval: 500 },
    )
    .toMatch(/exit 1/)
  const left = await screen.waitFor(/exit 1[\s\S]*icanon/)
  expect(left).toMatch(/^before/)
  expect(left).toMatch(readable)
  expect(left).not.toMatch(/q stop|PREPARING/)
  expect(left, 'raw mode').not.toContain('-icanon')
  expect(await screen.modes()).toEqual({ alternateScreen: false, cursor: true })
}
