import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * Reads what the server sends: the first `length` bytes. They are only there during the call (the next read overwrites them),
 * so that what is kept must be copied.
 */
type Reader = (bytes: Buffer, length: number) => void

/**
 * Stands between a driver and its socket. The driver keeps what it does with the socket; what the server sends goes to `reader` while there
 * is one, else to the driver.
 */
export interface Interposition {
  reader: Reader | null
  /** Hands bytes to the driver, as if they came from the server just now. */
  pass(bytes: Buffer, start: number, end: number): void
}

/**
 * A plain socket, not yet connected, for a driver to use. Its bytes are read into one buffer for the whole thread: the 64 KiB that Node
 * otherwise allocates per read cost more than to look at the reply.
 */
export function interposedSocket(): { readonly socket: Socket; readonly interposition: Interposition } {
  // What a driver listens to is told by us alone: a socket with `onread` emits no data.
  const interposition = new Between(bytes => socket.emit('data', bytes))
  const callback = (length: number) => {
    interposition.arrived(readBuffer, length)
    return true
  }
  const options: SocketConstructorOpts & ConnectOpts = { onread: { buffer: readBuffer, callback } }
  const socket = new Socket(options)
  return { socket, interposition }
}

/** Comes between a driver and a socket that it has made itself, as it does for TLS. Call it when the driver listens already. */
export function interpose(socket: Duplex): Interposition {
  const listeners = socket.listeners('data')
  const interposition = new Between(bytes => {
    for (const listener of listeners) listener.call(socket, bytes)
  })
  socket.removeAllListeners('data')
  socket.on('data', (bytes: Buffer) => interposition.arrived(bytes, bytes.length))
  return interposition
}

const readBuffer = Buffer.allocUnsafeSlow(64 * 1024)

class Between implements Interposition {
  reader: Reader | null = null
  readonly #toDriver: (bytes: Buffer) => void

  constructor(toDriver: (bytes: Buffer) => void) {
    this.#toDriver = toDriver
  }

  pass(bytes: Buffer, start: number, end: number): void {
    // A copy: drivers keep the bytes of what has come only in part.
    if (start < end) this.#toDriver(Buffer.from(bytes.subarray(start, end)))
  }

  arrived(bytes: Buffer, length: number): void {
    if (this.reader === null) this.pass(bytes, 0, length)
    else this.reader(bytes, length)
  }
}
