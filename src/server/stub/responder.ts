import { mysqlResponders } from './mysql-responder.js'
import { postgresResponders } from './postgres-responder.js'
import type { Recording } from './recording.js'

/** The server's side of one session, without its socket. */
export interface Responder {
  /** What the server says before it is spoken to. */
  greet(): Buffer | null
  /** What to send back, one write each; shared buffers, which nobody may change. */
  receive(chunk: Buffer): readonly Buffer[]
  /** The client has said goodbye. */
  readonly left: boolean
}

/** @returns makes the responder of a session by the session's number */
export function respondersFor(recording: Recording): (connection: number) => Responder {
  return recording.engine === 'postgres' ? postgresResponders(recording) : mysqlResponders(recording)
}
