import { PassThrough, Writable } from 'node:stream'

/** A terminal of a size, as Ink sees one; `written` is all that it was sent. */
export interface FakeTerminal {
  readonly stream: NodeJS.WriteStream
  readonly stdin: NodeJS.ReadStream
  readonly written: () => string
  /** What has been sent since the last call. */
  readonly fresh: () => string
  readonly type: (keys: string) => void
  readonly resize: (columns: number, rows: number) => void
  readonly rawMode: () => boolean
}

export function fakeTerminal(columns: number, rows: number, keyboard = true): FakeTerminal {
  let all = ''
  let seen = 0
  let raw = false
  const screen = new Writable({
    write(chunk, _encoding, done) {
      all += String(chunk)
      done()
    },
  })
  const stream = Object.assign(screen, { isTTY: true, columns, rows })
  const keys = new PassThrough()
  const setRawMode = (on: boolean) => {
    raw = on
    return stdin
  }
  const stdin = Object.assign(keys, { isTTY: keyboard, setRawMode, ref: () => stdin, unref: () => stdin })
  return {
    stream: stream as Writable as NodeJS.WriteStream,
    stdin: stdin as PassThrough as NodeJS.ReadStream & PassThrough,
    written: () => all,
    fresh: () => {
      const text = all.slice(seen)
      seen = all.length
      return text
    },
    type: text => stdin.write(text),
    resize: (width, height) => {
      Object.assign(stream, { columns: width, rows: height })
      stream.emit('resize')
    },
    rawMode: () => raw,
  }
}
