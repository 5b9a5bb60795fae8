import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { provide } from './debian.js'

export interface Terminal {
  /** Key names as tmux has them (`q`, `Enter`, `C-c`), one per argument. */
  send(...keys: string[]): Promise<void>
  /** The screen as text, a line per row. With `colours`, with its escape sequences. */
  capture(options?: { readonly colours?: boolean }): Promise<string>
  /** The screen, and what has scrolled off above it. */
  history(): Promise<string>
  /** The first screen that matches. @throws with the last screen after `seconds` */
  waitFor(pattern: RegExp, seconds?: number): Promise<string>
  /** What programs switch, and must switch back. */
  modes(): Promise<{ readonly alternateScreen: boolean; readonly cursor: boolean }>
  resize(columns: number, rows: number): Promise<void>
  /** The exit code of the command, null while it runs. The screen stays. */
  exitCode(): Promise<number | null>
  close(): Promise<void>
}

/** A real terminal with a command in it. `close` it in any case. */
export async function openTerminal(options: {
  readonly columns: number
  readonly rows: number
  readonly command: readonly string[]
  readonly cwd?: string
  readonly env?: { readonly [name: string]: string }
}): Promise<Terminal> {
  const program = await provide('tmux')
  const folder = mkdtempSync(join(tmpdir(), 'oltp-tmux-'))
  writeFileSync(join(folder, 'tmux.conf'), settings)
  const { CI: _, NO_COLOR: __, ...inherited } = process.env
  const env = { ...inherited, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', TMUX: '' }
  const tmux = async (...args: string[]) => {
    const { stdout } = await execa(program, ['-u', '-S', join(folder, 'socket'), '-f', join(folder, 'tmux.conf'), ...args], {
      env,
      extendEnv: false,
      stripFinalNewline: true,
    })
    return stdout
  }
  const size = ['-x', String(options.columns), '-y', String(options.rows)]
  const variables = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`)
  // tmux finds its own locale by LOCPATH; the command has the machine's.
  const command = ['env', '-u', 'LOCPATH', '-u', 'TERMINFO_DIRS', ...variables, ...options.command]
  const close = async () => {
    await tmux('kill-server').catch(() => {})
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await tmux('new-session', '-d', ...size, '-c', options.cwd ?? process.cwd(), ...command)
  } catch (error) {
    await close()
    throw error
  }
  const capture = ({ colours = false } = {}) => tmux('capture-pane', '-p', ...(colours ? ['-e'] : []))
  return {
    capture,
    history: () => tmux('capture-pane', '-p', '-S', '-'),
    send: async (...keys) => {
      await tmux('send-keys', ...keys)
    },
    async waitFor(pattern, seconds = 30) {
      const deadline = Date.now() + seconds * 1000
      for (;;) {
        const screen = await capture()
        if (pattern.test(screen)) return screen
        if (Date.now() > deadline) throw new Error(`the terminal did not show ${pattern} within ${seconds} s:\n${screen}`)
        await sleep(50)
      }
    },
    async modes() {
      const [alternate, cursor] = (await tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}')).split(' ')
      return { alternateScreen: alternate === '1', cursor: cursor === '1' }
    },
    resize: async (columns, rows) => {
      await tmux('resize-window', '-x', String(columns), '-y', String(rows))
    },
    async exitCode() {
      const [dead, status] = (await tmux('display-message', '-p', '#{pane_dead} #{pane_dead_status}')).split(' ')
      return dead === '1' ? Number(status) : null
    },
    close,
  }
}

/** A command that ends leaves its screen, all of it. */
const settings = `set-option -g remain-on-exit on
set-option -g remain-on-exit-format ''
set-option -g status off
set-option -g default-terminal tmux-256color
`
