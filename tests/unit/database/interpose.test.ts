import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Interposition, interpose, interposedSocket } from '#oltp/database/interpose.js'

describe.each(['a socket of ours', 'a socket of the driver'])('between a driver and %s', which => {
  let server: Server
  let far: Socket
  let socket: Socket
  let interposition: Interposition
  let heard: Buffer[]
  const driver = () => Buffer.concat(heard).toString()

  beforeEach(async () => {
    heard = []
    server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const listen = (driven: Socket) => driven.on('data', (bytes: Buffer) => heard.push(bytes))
    const accepted = once(server, 'connection')
    if (which === 'a socket of ours') {
      ;({ socket, interposition } = interposedSocket())
      listen(socket)
      socket.connect(port, '127.0.0.1')
    } else {
      socket = connect(port, '127.0.0.1')
      listen(socket)
      interposition = interpose(socket)
    }
    ;[far] = await accepted
    if (socket.connecting) await once(socket, 'connect')
  })
  afterEach(() => {
    socket.destroy()
    far.destroy()
    server.close()
  })

  const arrived = async (length: () => number, expected: number) => {
    while (length() < expected) await new Promise(resolve => setImmediate(resolve))
  }

  it('the driver hears all while nobody else reads, and nothing of what is read', async () => {
    let read = ''
    far.write('hello ')
    await arrived(() => driver().length, 6)
    interposition.reader = (bytes, length) => (read += bytes.toString('latin1', 0, length))
    far.write('for us')
    await arrived(() => read.length, 6)
    interposition.reader = null
    far.write('driver')
    await arrived(() => driver().length, 12)
    expect([driver(), read]).toEqual(['hello driver', 'for us'])
  })

  it('what is passed on stays as it is, though the bytes are written over', () => {
    const bytes = Buffer.from('abcdef')
    interposition.pass(bytes, 1, 3)
    interposition.pass(bytes, 3, 3)
    bytes.fill(0)
    expect(heard.map(String)).toEqual(['bc'])
  })

  it('the driver is told of a lost connection as ever', async () => {
    interposition.reader = () => {}
    const errors: unknown[] = []
    const closed = new Promise(resolve => socket.on('close', resolve))
    socket.on('error', error => errors.push(error))
    far.resetAndDestroy()
    await closed
    expect(errors).toEqual([expect.objectContaining({ code: 'ECONNRESET' })])
  })

  it('the driver is told of an end as ever', async () => {
    interposition.reader = () => {}
    far.end()
    await once(socket, 'end')
  })

  it('much comes whole and in order', async () => {
    const sent = Buffer.alloc(3_000_000, 'order')
    const read: Buffer[] = []
    let length = 0
    interposition.reader = (bytes, count) => {
      read.push(Buffer.from(bytes.subarray(0, count)))
      length += count
    }
    far.write(sent)
    await arrived(() => length, sent.length)
    expect(Buffer.concat(read).equals(sent)).toBe(true)
  })
})
