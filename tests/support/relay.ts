import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Stands between a client and its server, so that a test can lose just one message. */
export interface Relay {
  readonly port: number
  /** Forwards what the client sends with this text in it, and hangs up when the answer comes. */
  loseAnswerTo(text: string): void
  /** Hangs up instead of forwarding what has this text in it. */
  loseRequest(text: string): void
  /** Forwards nothing any more and says nothing: a host that is gone. */
  freeze(): void
  close(): void
}

export async function startRelay(host: string, port: number): Promise<Relay> {
  let answerTo: string | null = null
  let request: string | null = null
  let frozen = false
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const upstream = connect(port, host)
    const hangUp = () => {
      client.resetAndDestroy()
      upstream.destroy()
    }
    let answerLost = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', hangUp)
      socket.on('close', hangUp)
    }
    client.on('data', data => {
      if (frozen) return
      if (request !== null && data.includes(request)) return hangUp()
      if (answerTo !== null && data.includes(answerTo)) answerLost = true
      upstream.write(data)
    })
    upstream.on('data', data => {
      if (frozen) return
      if (answerLost) hangUp()
      else client.write(data)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    loseAnswerTo(text) {
      answerTo = text
    },
    loseRequest(text) {
      request = text
    },
    freeze() {
      frozen = true
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
