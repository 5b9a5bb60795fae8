import { execa } from 'execa'
import { exitCodes, OltpError } from '../errors.js'
import { type Account, runAs } from './home.js'

/** What `binary --version` says, asked as the user who will run the server: whether that user may run it is found out here. */
export async function askVersion(binary: string, account: Account | null): Promise<string> {
  const { stdout, exitCode, stderr, originalMessage, code } = await execa(binary, ['--version'], {
    ...runAs(account),
    cwd: '/',
    reject: false,
  })
  if (exitCode === 0) return stdout
  const who = account === null ? '' : ` as user ${account.name}`
  const reason = stderr || originalMessage || `exit code ${exitCode}`
  throw new OltpError('SERVER_NOT_RUNNABLE', exitCodes.setup, `cannot run ${binary}${who}: ${reason}`, {
    hint:
      account !== null && code === 'EACCES'
        ? `Move it below a folder that user ${account.name} can enter (for our own files: OLTP_HOME), or run as an ordinary user.`
        : 'Give a server with --url.',
  })
}
