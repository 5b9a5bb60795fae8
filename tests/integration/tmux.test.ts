import { expect, test } from 'vitest'
import { openTerminal } from '../support/tmux.js'

test('a terminal shows what a command draws, takes keys, and changes its size', async () => {
  const command = [
    'sh',
    '-c',
    'printf "h\\303\\251llo %s\\n" "$GREETING"; read line; echo "got $line"; stty size; read again; stty size; exit 3',
  ]
  const terminal = await openTerminal({ columns: 70, rows: 20, command, env: { GREETING: 'world' } })
  try {
    await terminal.waitFor(/héllo world/)
    expect(await terminal.exitCode()).toBeNull()
    await terminal.send('a', 'b', 'Enter')
    await terminal.waitFor(/got ab\n20 70/)
    await terminal.resize(100, 30)
    await terminal.send('Enter')
    await terminal.waitFor(/30 100/)
    await expect.poll(() => terminal.exitCode()).toBe(3)
  } finally {
    await terminal.close()
  }
})
