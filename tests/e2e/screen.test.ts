import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import { oltp } from '../support/oltp.js'
import { engines } from '../support/servers.js'
import { openTerminal, type Terminal } from '../support/tmux.js'

const launcher = fileURLToPath(new URL('../../bin/oltp.js', import.meta.url))
const [engine] = engines
const target = { OLTP_URL: engine?.url ?? '', OLTP_NAMESPACE: 'oltp_e2e_screen' }
const colour = `${String.fromCharCode(27)}\\[[0-9;]*3[1-6]m`

let folder = ''
let terminal: Terminal | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oltp-screen-'))
})
afterEach(async () => {
  await terminal?.close()
  rmSync(folder, { recursive: true })
})
afterAll(async () => {
  await oltp(['clean'], { env: target })
})

/** `after` is what the shell does before it ends with the exit code of the bench. */
async function bench(
  args: string,
  size: readonly [number, number] = [80, 24],
  env: Record<string, string> = {},
  after = ':',
): Promise<Terminal> {
  const command = `echo $$ > ${folder}/pid; exec ${process.execPath} ${launcher} bench transfers -c 4 --warmup 0 ${args}`
  const script = `(exec sh -c '${command}'); code=$?; ${after}; exit $code`
  const [columns, rows] = size
  terminal = await openTerminal({ columns, rows, command: ['sh', '-c', script], env: { OLTP_HOME: folder, ...target, ...env } })
  return terminal
}

async function end(screen: Terminal): Promise<number | null> {
  await screen.waitFor(/Next {8}/)
  await expect.poll(() => screen.exitCode(), { timeout: 10_000 }).not.toBeNull()
  return screen.exitCode()
}

/** Whether the dashboard fills this size: its head at the top, its keys in the last row but one, nothing of an earlier size between. */
function fits(screen: string, columns: number, rows: number): string {
  const lines = screen.split('\n').map(line => line.trimEnd())
  const head = lines[0] ?? ''
  if (!/ transfers .*RUNNING +\d+:\d\d \/ 1:00$/.test(head) || head.length !== columns - 1) return `head: ${head}`
  if (!lines[rows - 2]?.startsWith(' q stop')) return `keys: ${lines[rows - 2]}`
  return screen.match(/─ TPS/g)?.length === 1 && screen.match(/q stop/g)?.length === 1 ? 'whole' : screen
}

it('shows a run from its preparation to its summary, at any size, and leaves a clean terminal', async () => {
  const screen = await bench('-d 60s')
  await screen.waitFor(/PREPARING/)
  await screen.waitFor(/RUNNING[\s\S]*─ Transactions/)
  const running = await screen.waitFor(/ transfer +[1-9]/)
  expect(running).toMatch(/TPS +p95 ms +RETRIES\/s +FAILED/)
  expect(await screen.capture({ colours: true })).toMatch(new RegExp(colour))

  for (const [columns, rows] of [
    [120, 40],
    [200, 60],
    [60, 16],
    [100, 30],
    [80, 24],
  ] as const) {
    await screen.resize(columns, rows)
    await expect.poll(async () => fits(await screen.capture(), columns, rows), { timeout: 10_000 }).toEqual('whole')
  }
  await screen.send('2')
  await screen.waitFor(/tab view 2\/4/)
  await screen.send('Space')
  await screen.waitFor(/FROZEN/)

  await screen.send('q')
  expect(await end(screen)).toBe(exitCodes.interrupted)
  const last = await screen.capture()
  expect(last).toContain('Saved')
  expect(last).not.toMatch(/q stop|─ Events/)
})

it.each([
  ['SIGTERM', exitCodes.terminated],
  ['SIGHUP', exitCodes.interrupted],
] as const)('gives the terminal back with the summary on it at %s', async (signal, exitCode) => {
  const screen = await bench('-d 60s', [80, 24], {}, 'read line')
  await screen.waitFor(/RUNNING[\s\S]*q stop/)
  expect(await screen.modes()).toEqual({ alternateScreen: true, cursor: false })
  process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), signal)
  await screen.waitFor(/Next {8}/)
  // Asked while the shell still waits: tmux hides the cursor of what has ended.
  await expect.poll(() => screen.modes(), { timeout: 10_000 }).toEqual({ alternateScreen: false, cursor: true })
  const left = await screen.capture()
  expect(left).toContain('Saved')
  expect(left).not.toMatch(/q stop|─ Events/)
  await screen.send('Enter')
  expect(await end(screen)).toBe(exitCode)
})

it('Ctrl-C stops; with NO_COLOR there is no colour', async () => {
  const screen = await bench('-d 60s', [80, 24], { NO_COLOR: '1' })
  await screen.waitFor(/RUNNING[\s\S]*✓/)
  expect(await screen.capture({ colours: true })).not.toMatch(new RegExp(colour))
  await screen.send('C-c')
  expect(await end(screen)).toBe(exitCodes.interrupted)
})

it('draws on stderr, so that the document on stdout stays a document', async () => {
  const screen = await bench(`-d 2s --json > ${folder}/out.json`)
  await screen.waitFor(/RUNNING/)
  expect(await end(screen)).toBe(exitCodes.ok)
  expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))).toMatchObject({ schema: 'oltp.result/1', interrupted: 'no' })
})

it('under CI it writes plain lines, on a terminal too', async () => {
  const screen = await bench('-d 2s', [100, 60], { CI: 'true' })
  expect(await end(screen)).toBe(exitCodes.ok)
  expect(await screen.capture()).toMatch(/time +phase +clients +tps[\s\S]*0:0\d +steady +4 /)
})
