import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, type ProcessIdentity } from './identity.js'

const patienceMs = 30_000
const pollMs = 20

/** Asks a process to stop, waits until it has, and kills it when it does not. */
export async function stopProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  send(identity, signal)
  if (await hasEnded(identity)) return
  send(identity, 'SIGKILL')
  await hasEnded(identity)
}

async function hasEnded(identity: ProcessIdentity): Promise<boolean> {
  const deadline = Date.now() + patienceMs
  while (isRunning(identity) && Date.now() < deadline) await sleep(pollMs)
  return !isRunning(identity)
}

/** Signals only the very process that is meant, never another that has got its id since. */
export function send(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return
  try {
    process.kill(identity.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
