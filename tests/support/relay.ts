import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Stands between a client and its server, so that a test can lose just one message. */
export interface Relay {
  readonly port: number
  /** How often the client began to send after the server had: round trips. */
  turns(): number
  /** How often this text was in what the server sent. */
  said(text: string): number
  /** Forwards what the client sends with this text in it, and hangs up when the answer comes. */
  loseAnswerTo(text: string): void
  /** The same with whatever the client sends next. */
  loseNextAnswer(): void
  /** Hangs up instead of forwarding what has this text in it. */
  loseRequest(text: string): void
  /** From now on puts another text of the same length in the place of one that the client sends. */
  change(text: string, other: string): void
  /** From now on forwards this many bytes of what the server sends, and then hangs up. */
  cutAfter(bytes: number): void
  /** Forwards nothing any more and says nothing: a host that is gone. */
  freeze(): void
  close(): void
}

export async function startRelay(host: string, port: number): Promise<Relay> {
  let answerTo: string | null = null
  let request: string | null = null
  let changed: { readonly text: string; readonly other: string } | null = null
  let left = Number.POSITIVE_INFINITY
  let turns = 0
  let serverSpoke = true
  let sent = ''
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
      const at = changed === null ? -1 : data.indexOf(changed.text)
      if (changed !== null && at >= 0) data.write(changed.other, at)
      if (serverSpoke) turns += 1
      serverSpoke = false
      upstream.write(data)
    })
    upstream.on('data', data => {
      if (frozen) return
      serverSpoke = true
      sent += data.toString('latin1')
      if (answerLost) return hangUp()
      const last = data.length >= left
      const part = last ? data.subarray(0, left) : data
      left -= part.length
      client.write(part, () => {
        if (last) hangUp()
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    turns: () => turns,
    said: text => sent.split(text).length - 1,
    loseAnswerTo(text) {
      answerTo = text
    },
    loseNextAnswer() {
      answerTo = ''
    },
    loseRequest(text) {
      request = text
    },
    change(text, other) {
      changed = { text, other }
    },
    cutAfter(bytes) {
      left = bytes
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
