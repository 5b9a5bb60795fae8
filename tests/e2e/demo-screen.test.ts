import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exitCodes } from '#oltp/errors.js'
import { sweepOrphans } from '#oltp/server/slots.js'
import { makeHome } from '../support/local-server.js'
import { oltp } from '../support/oltp.js'
import { engines } from '../support/servers.js'
import { openTerminal, type Terminal } from '../support/tmux.js'

const launcher = fileURLToPath(new URL('../../bin/oltp.js', import.meta.url))
const home = makeHome()
const [engine] = engines
const target = { OLTP_URL: engine?.url ?? '', OLTP_NAMESPACE: 'oltp_e2e_demo_screen' }
const colour = `${String.fromCharCode(27)}\\[[0-9;]*3[1-6]m`

let folder = ''
let terminal: Terminal | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oltp-demo-'))
})
afterEach(async () => {
  await terminal?.close()
  rmSync(folder, { recursive: true })
})
afterAll(async () => {
  await oltp(['clean'], { env: target })
  await sweepOrphans(home)
})

/** In a shell that was there before, and that waits afterwards. */
async function demo(args: string, [columns, rows]: readonly [number, number], env: Record<string, string> = target): Promise<Terminal> {
  const command = `echo $$ > ${folder}/pid; exec ${process.execPath} ${launcher} demo ${args}`
  const script = `echo before; (exec sh -c '${command}'); code=$?; echo "exit $code"; stty -a | tr ';' '\\n' | grep icanon; read line`
  terminal = await openTerminal({ columns, rows, command: ['sh', '-c', script], env: { OLTP_HOME: home, CI: '', ...env } })
  return terminal
}

/** Presses a key until the screen shows that it was taken, and goes back to the steps. */
async function begin(screen: Terminal, title: RegExp): Promise<void> {
  await screen.waitFor(title, 90)
  await expect
    .poll(
      async () => {
        await screen.send('?')
        return screen.capture()
      },
      { timeout: 20_000, interval: 1_000 },
    )
    .toMatch(/What the marks mean/)
  await screen.send('Escape')
  await screen.waitFor(/step 0 of/)
}

async function stepTo(screen: Terminal, step: number, of: number): Promise<string> {
  await screen.send('Space')
  return screen.waitFor(new RegExp(`step ${step} of ${of}`))
}

async function expectGivenBack(screen: Terminal, exitCode: number): Promise<void> {
  const left = await screen.waitFor(new RegExp(`exit ${exitCode}[\\s\\S]*icanon`))
  expect(left).toMatch(/^before/)
  expect(left, 'raw mode').not.toContain('-icanon')
  expect(left).not.toMatch(/q quit/)
  expect(await screen.modes()).toEqual({ alternateScreen: false, cursor: true })
}

describe('on the embedded PostgreSQL, 80x24', () => {
  it('is stepped through to the verdict, told at another level and with a fix, and quits', async () => {
    const screen = await demo('lost-update', [80, 24], {})
    await begin(screen, /Two tickets sold[\s\S]*PostgreSQL 18/)
    expect(await screen.modes()).toEqual({ alternateScreen: true, cursor: false })

    await stepTo(screen, 1, 8)
    await screen.send('Enter')
    await screen.waitFor(/step 2 of 8/)
    for (const step of [3, 4, 5]) await stepTo(screen, step, 8)
    const waiting = await stepTo(screen, 6, 8)
    expect(waiting).toMatch(/B {2}… waits for A/)
    expect(waiting).toMatch(/^ B ──▶ A {2}transactionid ShareLock/m)
    await screen.send('l')
    await screen.waitFor(/B {2}… wants ShareLock[\s\S]*A {2}✓ holds/)
    await screen.send('l')
    // Keys that come while something takes long mean nothing.
    await screen.waitFor(/^(?![\s\S]*Locks, as)/)

    await screen.send('b')
    await screen.waitFor(/step 5 of 8[\s\S]*nobody waits/)
    await screen.send('a')
    await screen.waitFor(/HAPPENS/, 60)
    const verdict = await screen.waitFor(/serializable +! error 40001/, 60)
    expect(verdict).toMatch(/▸ read committed +✗ happens/)
    expect(verdict).toMatch(/✗ rule broken.*✗ not serializable.*left: qty 9/)
    expect(verdict).toMatch(/overwrote/)

    await screen.send('i')
    const refused = await screen.waitFor(/! {2}ERROR 40001/)
    expect(refused).toMatch(/▸ repeatable read +! error 40001/)

    await screen.send('f')
    await screen.waitFor(/fix: .*repeatable read +step 0 of 6/)
    await screen.send('q')
    await expectGivenBack(screen, exitCodes.ok)
  })
})

it('takes keys from the first picture on, and writes none of them over it', async () => {
  const screen = await demo('lost-update', [80, 24])
  await screen.waitFor(/step 0 of 8/, 90)
  await screen.send('z', 'Space')
  const stepped = await screen.waitFor(/step 1 of 8/)
  expect(stepped).not.toMatch(/^z/m)
  await screen.send('q')
  await expectGivenBack(screen, exitCodes.ok)
})

it('goes round the servers that are given; with one, e and the help say what to do', async () => {
  const [, second] = engines
  const screen = await demo(`lost-update --url ${engine?.url} --url ${second?.url}`, [120, 40], { OLTP_NAMESPACE: target.OLTP_NAMESPACE })
  await begin(screen, /PostgreSQL \d/)
  await stepTo(screen, 1, 8)
  expect(await screen.capture()).toContain('e engine')
  await screen.send('e')
  await screen.waitFor(/MySQL \d[\s\S]*step 1 of 8/)
  await screen.send('e')
  await screen.waitFor(/PostgreSQL \d[\s\S]*step 1 of 8/)
  await screen.send('q')
  await expectGivenBack(screen, exitCodes.ok)
  await screen.close()

  const alone = await demo('lost-update', [120, 40])
  await begin(alone, /PostgreSQL \d/)
  expect(await alone.capture()).not.toContain('e engine')
  await alone.send('e')
  await alone.waitFor(/OLTP_URL names one server: begin with --url once for each/)
  await alone.send('?')
  await alone.waitFor(/ e {7}OLTP_URL names one server/)
  await alone.send('q')
  await expectGivenBack(alone, exitCodes.ok)
})

it('says why there is no screen where the terminal is too small for it', async () => {
  const screen = await demo('lost-update', [70, 14])
  const shown = await screen.waitFor(/exit 0/, 90)
  expect(await screen.history()).toMatch(
    /the terminal is 70x14, the screen needs 60x16: make it larger to step\s+through; here is the transcript/,
  )
  expect(shown).not.toContain('q quit')
})

it('fills 120x40 and 200x60, and follows the size', async () => {
  const screen = await demo('lost-update', [120, 40])
  await begin(screen, /Two tickets sold/)
  for (const step of [1, 2, 3, 4, 5, 6]) await stepTo(screen, step, 8)
  for (const [columns, rows] of [
    [120, 40],
    [200, 60],
    [60, 16],
    [80, 24],
  ] as const) {
    await screen.resize(columns, rows)
    await expect.poll(async () => fits(await screen.capture(), columns, rows), { timeout: 10_000 }).toEqual('whole')
  }
  await screen.resize(200, 60)
  for (const step of [7, 8]) await stepTo(screen, step, 8)
  await screen.send('Space')
  const verdict = await screen.waitFor(/█[\s\S]*serializable +! error 40001/)
  expect(verdict).toMatch(/─ Every level, on PostgreSQL.*\n.*read uncommitted +✗ happens/)
  await screen.send('q')
  await expectGivenBack(screen, exitCodes.ok)
})

/** Whether it fills this size, and the step at hand is there; nothing of an earlier size between. */
function fits(screen: string, columns: number, rows: number): string {
  const lines = screen.split('\n').map(line => line.trimEnd())
  if (lines[0]?.length !== columns - 1 || !lines[0].includes('PostgreSQL')) return `head: ${lines[0]}`
  if (!lines[rows - 2]?.startsWith(' space step')) return `keys: ${lines[rows - 2]}`
  const once = [/q quit/g, /Who waits for whom/g, /B ──▶ A/g, /▸ COMMIT/g]
  return once.every(pattern => screen.match(pattern)?.length === 1) ? 'whole' : screen
}

it('a deadlock is drawn as a cycle until somebody wants to know how it ends', async () => {
  const screen = await demo('deadlock', [80, 24], { ...target, NO_COLOR: '1' })
  await begin(screen, /deadlock/)
  for (const step of [1, 2, 3, 4, 5, 6]) await stepTo(screen, step, 8)
  const cycle = await screen.waitFor(/A ──▶ B ──▶ A {2}deadlock/)
  expect(cycle).not.toContain('▸')
  await screen.send('Space')
  const resolved = await screen.waitFor(/40P01 deadlock detected/)
  expect(resolved).toMatch(/nobody waits/)
  expect(resolved).toMatch(/step 6 of 8/)
  expect(await screen.capture({ colours: true })).not.toMatch(new RegExp(colour))
  await screen.send('C-c')
  await expectGivenBack(screen, exitCodes.ok)
})

it('three sessions have lanes where columns are too narrow; large shows a statement at a time', async () => {
  const screen = await demo('deadlock --variant three-way --large', [80, 24])
  await begin(screen, /deadlock/)
  await stepTo(screen, 1, 12)
  expect(await screen.capture()).toMatch(/A {4}✓ BEGIN[\s\S]*███ +▸ BEGIN/)
  await screen.send('+')
  await screen.waitFor(/ 1 A {5}✓ BEGIN\n +2 {3}B {3}▸ BEGIN/)
  expect(await screen.capture({ colours: true })).toMatch(new RegExp(colour))
  await screen.send('q')
  await expectGivenBack(screen, exitCodes.ok)
})

it.each([
  ['SIGTERM', exitCodes.terminated],
  ['SIGHUP', exitCodes.interrupted],
] as const)('gives the terminal back at %s, also while a session waits, and leaves nothing on the server', async (signal, exitCode) => {
  const screen = await demo('lost-update', [80, 24])
  await begin(screen, /Two tickets sold/)
  for (const step of [1, 2, 3, 4, 5, 6]) await stepTo(screen, step, 8)
  process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), signal)
  await screen.waitFor(/exit \d+[\s\S]*icanon/)
  await expectGivenBack(screen, exitCode)
})
