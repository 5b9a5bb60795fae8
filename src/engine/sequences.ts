/** Sequences by name, shared by all clients of all workers: a table in shared memory in which whoever asks first makes the entry. */

const capacity = 256
const nameBytes = 120
const bytesPerEntry = 16 + nameBytes
const State = { free: 0, beingMade: 1, ready: 2 } as const

export function allocateSequences(): SharedArrayBuffer {
  return new SharedArrayBuffer(capacity * bytesPerEntry)
}

export class Sequences {
  private readonly states: Int32Array
  private readonly values: BigInt64Array
  private readonly names: Uint8Array
  private readonly known = new Map<string, number>()

  constructor(buffer: SharedArrayBuffer) {
    this.values = new BigInt64Array(buffer, 0, capacity)
    this.states = new Int32Array(buffer, capacity * 8, capacity)
    this.names = new Uint8Array(buffer, capacity * 16, capacity * nameBytes)
  }

  /** `start` at the first call in any thread, then one more at each. Throws when there are more than 256 sequences. */
  next(name: string, start: number): number {
    let entry = this.known.get(name)
    if (entry === undefined) {
      entry = this.find(name, start)
      this.known.set(name, entry)
    }
    return Number(Atomics.add(this.values, entry, 1n))
  }

  private find(name: string, start: number): number {
    const bytes = Buffer.alloc(nameBytes)
    if (bytes.write(name) < Buffer.byteLength(name)) throw new RangeError(`the name of sequence ${name} is too long`)
    for (let entry = 0; entry < capacity; entry++) {
      if (Atomics.compareExchange(this.states, entry, State.free, State.beingMade) === State.free) {
        this.names.set(bytes, entry * nameBytes)
        Atomics.store(this.values, entry, BigInt(start))
        Atomics.store(this.states, entry, State.ready)
        return entry
      }
      // Another thread takes microseconds to make an entry.
      while (Atomics.load(this.states, entry) === State.beingMade);
      if (bytes.equals(this.names.slice(entry * nameBytes, (entry + 1) * nameBytes))) return entry
    }
    throw new RangeError(`a scenario can have ${capacity} sequences at most`)
  }
}
