import { createServer } from 'node:net'
import { type EventLoopUtilization, performance } from 'node:perf_hooks'
import type { FromStub } from './messages.js'
import type { Recording } from './recording.js'
import { respondersFor } from './responder.js'

/** The stub's process: it ends when whoever started it disconnects, or is gone. */
const say = (message: FromStub) => process.send?.(message)
process.once('message', (recording: Recording) => serve(recording))
process.once('disconnect', () => process.exit())
// Sent to the whole group by Ctrl-C: the load decides what becomes of it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

function serve(recording: Recording): void {
  const responderOf = respondersFor(recording)
  let connections = 0
  const server = createServer({ noDelay: true }, socket => {
    const responder = responderOf(++connections)
    const greeting = responder.greet()
    if (greeting !== null) socket.write(greeting)
    socket.on('data', chunk => {
      for (const bytes of responder.receive(chunk)) socket.write(bytes)
      if (responder.left) socket.end()
    })
    // A client that hangs up without a word is no matter.
    socket.on('error', () => {})
  })
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
    const address = server.address()
    if (typeof address === 'object' && address !== null) say({ kind: 'listening', port: address.port })
  })
  reportUse()
}

/** Once a second, as long as anything is asked. */
function reportUse(): void {
  let before: EventLoopUtilization = performance.eventLoopUtilization()
  let busiest = 0
  setInterval(() => {
    const now = performance.eventLoopUtilization()
    busiest = Math.max(busiest, performance.eventLoopUtilization(now, before).utilization)
    before = now
    const { user, system } = process.cpuUsage()
    say({ kind: 'use', cpuUs: user + system, busiest })
  }, 500)
}
