import { createHash } from 'node:crypto'
import type { Value } from '../../scenario/values.js'
import type { SessionOptions } from '../contract.js'
import { bindHead, type RequestWriter } from './wire/request.js'
import { noShape, type RowShape } from './wire/rows.js'

/** A statement on one session: parsed there under a name of its own once, or at every call if it has none. */
export class SessionStatement {
  readonly text: string
  /** BEGIN, COMMIT and their like: no parameters, no rows, and the answer's tag counts. */
  readonly isControl: boolean
  /** It has a name of its own: what the server says of it holds for all its executions. */
  readonly isNamed: boolean
  /** The server knows it by its name. */
  parsed = false
  /** Of its rows, as the server described it last. */
  shape: RowShape = noShape
  readonly #name: string
  readonly #head: Uint8Array

  constructor(text: string, name: string, isControl: boolean) {
    this.text = text
    this.isControl = isControl
    this.isNamed = name !== ''
    this.#name = name
    this.#head = bindHead(name)
  }

  /** Writes all that makes it run; a Sync has to follow. Throws a TypeError for what is no value. */
  write(request: RequestWriter, parameters: readonly Value[]): void {
    if (!this.parsed) {
      request.parse(this.#name, this.text)
      if (this.isNamed && !this.isControl) request.describeStatement(this.#name)
    }
    request.bind(this.#head, parameters)
    if (!this.isNamed && !this.isControl) request.describePortal()
    request.execute()
  }

  /** The server has parsed it. */
  wasParsed(): void {
    this.parsed = this.isNamed
  }
}

/** The statements of one session. */
export class SessionStatements {
  readonly #named: boolean
  readonly #workload = new Map<string, SessionStatement>()
  readonly #control = new Map<string, SessionStatement>()

  constructor(protocol: SessionOptions['protocol']) {
    this.#named = protocol === 'prepared'
  }

  workload(text: string): SessionStatement {
    return this.#workload.get(text) ?? this.#add(this.#workload, text, false)
  }

  control(text: string): SessionStatement {
    return this.#control.get(text) ?? this.#add(this.#control, text, true)
  }

  #add(statements: Map<string, SessionStatement>, text: string, isControl: boolean): SessionStatement {
    const statement = new SessionStatement(text, this.#named ? nameOf(text, isControl) : '', isControl)
    statements.set(text, statement)
    return statement
  }
}

/** Longer names than 63 bytes would be cut by the server and then collide. Whoever looks at the wire finds COMMIT by its verb. */
function nameOf(text: string, isControl: boolean): string {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return isControl ? `o_${text.split(' ', 1)[0]}_${digest}` : `o_${digest}`
}
