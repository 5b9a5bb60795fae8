import { randomUUID } from 'node:crypto'
import { exitCodes, OltpError } from '../errors.js'
import { ask, asNumber, asText, bookkeepingFormat, bookkeepingTables, type NamespaceHold } from './bookkeeping.js'
import type { Database, ServerInfo, Session, Target } from './contract.js'
import { explain } from './explain.js'
import { DependentsRemain, type NamespaceMarker, type NamespaceObject } from './operations.js'
import { describeTarget, isLoopback } from './url.js'

export interface NamespaceRequest {
  readonly database: Database
  /** Holds the namespace's lock from here on: keep it open as long as anything is written. */
  readonly session: Session
  readonly target: Target
  readonly serverInfo: ServerInfo
  readonly namespace: string
  /** What the user gave as `--confirm`. */
  readonly confirm: string | null
}

export interface NamespaceClaim extends NamespaceHold {
  /** The namespace was made just now. */
  readonly created: boolean
}

/** @throws OltpError `NAMESPACE_NAME` for a name that is not one everywhere */
export function checkNamespaceName(name: string): void {
  if (/^[a-z_][a-z0-9_]{0,50}$/.test(name)) return
  throw new OltpError('NAMESPACE_NAME', exitCodes.usage, `${JSON.stringify(name)} cannot be the name of a namespace`, {
    hint: 'use up to 51 lower-case letters, digits and underscores, not starting with a digit, as in --namespace oltp_two',
  })
}

/**
 * The only way to a place where we write. Takes the namespace's lock, makes the namespace where there is none, and makes sure
 * that it is one of ours on this very server.
 *
 * @throws OltpError `CONFIRM_REQUIRED`, `NAMESPACE_FOREIGN`, `NAMESPACE_ELSEWHERE`, `NAMESPACE_NEWER` (all refused), `NAMESPACE_BUSY`
 */
export async function claimNamespace(request: NamespaceRequest): Promise<NamespaceClaim> {
  const { database, session, namespace } = request
  const hold = await holdNamespace(request)
  try {
    const created = !(await database.namespaces.exists(session, namespace))
    if (created) await createNamespace(request)
    await assertOurs(request)
    await database.namespaces.enter(session, namespace)
    return { ...hold, created }
  } catch (error) {
    await releaseNamespace(hold)
    throw error
  }
}

/** As `claimNamespace`, but never makes one: null where there is none. */
export async function claimExistingNamespace(request: NamespaceRequest): Promise<NamespaceClaim | null> {
  const { database, session, namespace } = request
  const hold = await holdNamespace(request)
  try {
    if (await database.namespaces.exists(session, namespace)) {
      await assertOurs(request)
      await database.namespaces.enter(session, namespace)
      return { ...hold, created: false }
    }
  } catch (error) {
    await releaseNamespace(hold)
    throw error
  }
  await releaseNamespace(hold)
  return null
}

/** The namespace for those who only look: no lock, no confirmation, nothing made; null where there is none. */
export async function viewNamespace(request: Omit<NamespaceRequest, 'confirm'>): Promise<NamespaceHold | null> {
  const { database, session, namespace } = request
  checkNamespaceName(namespace)
  if (!(await database.namespaces.exists(session, namespace))) return null
  await assertOurs(request)
  return { database, session, namespace }
}

/** Lets the next run have it. The end of the session does the same. */
export async function releaseNamespace({ database, session, namespace }: NamespaceHold): Promise<void> {
  if (session.alive) await database.namespaces.unlock(session, namespace)
}

/**
 * Off the local machine, `--confirm` must name the target exactly: a command line that was copied does nothing elsewhere.
 *
 * @throws OltpError `CONFIRM_REQUIRED`, exit code 5
 */
export function requireConfirmation(target: Target, confirm: string | null): void {
  if (target.socket !== null || isLoopback(target.host)) return
  const name = describeTarget(target)
  if (confirm === name) return
  const found = confirm === null ? `${name} is not on this machine` : `--confirm ${confirm} is not the target, ${name}`
  throw new OltpError('CONFIRM_REQUIRED', exitCodes.refused, found, {
    hint: `we write there, into a namespace of our own: if that is meant, add --confirm '${name}'`,
  })
}

/**
 * What `dropNamespace` would drop, in its order, our bookkeeping left out.
 *
 * @throws OltpError `NAMESPACE_FOREIGN_OBJECTS`, `NAMESPACE_DEPENDENTS` when something there is not ours
 */
export async function planDrop(hold: NamespaceHold): Promise<readonly NamespaceObject[]> {
  const { database, session, namespace } = hold
  const ours = await manifest(hold)
  const inside = (await database.namespaces.objects(session, namespace)).filter(object => !isBookkeeping(object))
  const foreign = inside.filter(object => !ours.some(own => sameObject(own, object)))
  if (foreign.length > 0) throw foreignObjects(namespace, foreign)
  const dependents = await database.namespaces.dependents(session, namespace)
  if (dependents.length > 0) throw hasDependents(namespace, dependents.join(', '))
  return ours.filter(own => own.kind !== 'trigger' && inside.some(object => sameObject(own, object))).toReversed()
}

/**
 * Drops what `planDrop` named, then the namespace itself.
 *
 * @throws OltpError `NAMESPACE_DEPENDENTS`, `NAMESPACE_DROP_FAILED` as when somebody holds a lock on one of the tables
 */
export async function dropNamespace(hold: NamespaceHold, plan: readonly NamespaceObject[]): Promise<void> {
  try {
    await hold.database.namespaces.drop(hold.session, hold.namespace, plan)
  } catch (error) {
    if (error instanceof DependentsRemain) throw hasDependents(hold.namespace, error.message, error)
    const hint = 'do what the server asks for, then run the same again'
    throw explain(error, { code: 'NAMESPACE_DROP_FAILED', what: `namespace «${hold.namespace}» cannot be dropped`, hint })
  }
}

/**
 * Drops some of our objects.
 *
 * @throws OltpError `NAMESPACE_DEPENDENTS`, `NAMESPACE_DROP_FAILED`
 */
export async function dropObjects({ database, session, namespace }: NamespaceHold, objects: readonly NamespaceObject[]): Promise<void> {
  if (objects.length === 0) return
  try {
    await database.namespaces.dropObjects(session, namespace, objects)
  } catch (error) {
    if (error instanceof DependentsRemain) throw hasDependents(namespace, error.message, error)
    const hint = 'do what the server asks for, then run the same again'
    throw explain(error, { code: 'NAMESPACE_DROP_FAILED', what: `what is in namespace «${namespace}» cannot be dropped`, hint })
  }
}

/** The objects that our migrations and seeds made, oldest first. */
export async function manifest(hold: NamespaceHold): Promise<readonly (NamespaceObject & { readonly set: string })[]> {
  // A drop that was cut off may have taken the list away already.
  if (!(await hold.database.namespaces.hasTable(hold.session, hold.namespace, 'oltp_object'))) return []
  const found = await ask(hold, 'SELECT kind, name, migration_set FROM {oltp_object} ORDER BY ordinal')
  return found.rows.map(([kind, name, set]) => ({ kind: asText(kind), name: asText(name), set: asText(set) }))
}

/** Brings the list of our objects up to date: what is new since `before` is ours, what is gone is forgotten. */
export async function recordObjects(hold: NamespaceHold, before: readonly NamespaceObject[], set: string): Promise<void> {
  const now = await hold.database.namespaces.objects(hold.session, hold.namespace)
  const known = await manifest(hold)
  for (const gone of known.filter(own => !now.some(object => sameObject(object, own)))) {
    await ask(hold, 'DELETE FROM {oltp_object} WHERE kind = ? AND name = ?', [gone.kind, gone.name])
  }
  const made = now.filter(object => !before.some(old => sameObject(old, object)) && !known.some(own => sameObject(own, object)))
  for (const object of made) await noteObject(hold, object, set)
}

/** Writes one object down as ours. */
export async function noteObject(hold: NamespaceHold, { kind, name }: NamespaceObject, set: string): Promise<void> {
  const last = await ask(hold, 'SELECT MAX(ordinal) FROM {oltp_object}')
  const ordinal = asNumber(last.rows[0]?.[0] ?? 0) + 1
  await ask(hold, 'INSERT INTO {oltp_object} (kind, name, migration_set, ordinal) VALUES (?, ?, ?, ?)', [kind, name, set, ordinal])
}

export function sameObject(a: NamespaceObject, b: NamespaceObject): boolean {
  return a.kind === b.kind && a.name === b.name
}

function isBookkeeping(object: NamespaceObject): boolean {
  return object.kind === 'table' && bookkeepingTables.some(table => table.name === object.name)
}

async function holdNamespace({ database, session, target, namespace, confirm }: NamespaceRequest): Promise<NamespaceHold> {
  checkNamespaceName(namespace)
  requireConfirmation(target, confirm)
  if (await database.namespaces.tryLock(session, namespace)) return { database, session, namespace }
  const holder = await database.namespaces.lockHolder(session, namespace)
  throw new OltpError(
    'NAMESPACE_BUSY',
    exitCodes.setup,
    `another run is using namespace «${namespace}»${holder === null ? '' : `: ${holder}`}`,
    {
      hint: 'wait for it, or write elsewhere with --namespace NAME',
    },
  )
}

async function createNamespace({ database, session, target, serverInfo, namespace }: NamespaceRequest): Promise<void> {
  const marker: NamespaceMarker = {
    tool: 'oltp',
    format: bookkeepingFormat,
    namespace,
    namespaceId: randomUUID(),
    serverId: serverInfo.serverId,
    createdBy: target.user,
    createdAt: new Date().toISOString(),
  }
  await database.namespaces.create(session, namespace, marker).catch(error => {
    const hint = `let a user who may create it run \`oltp prepare\`, or grant ${target.user} that right`
    throw explain(error, { code: 'NAMESPACE_FAILED', what: `namespace «${namespace}» cannot be made`, hint })
  })
}

async function assertOurs({ database, session, namespace, serverInfo }: Omit<NamespaceRequest, 'confirm'>): Promise<void> {
  const marker = await readMarker({ database, session, namespace })
  const refuse = (code: string, message: string, hint: string) => new OltpError(code, exitCodes.refused, message, { hint })
  const elsewhere = 'choose a new name with --namespace NAME; we never write into, nor drop, what we did not make'
  if (marker === null)
    throw refuse('NAMESPACE_FOREIGN', `namespace «${namespace}» exists and was not made by oltp: it has no marker`, elsewhere)
  if (marker.namespace !== namespace) {
    throw refuse('NAMESPACE_ELSEWHERE', `namespace «${namespace}» was made by oltp as «${marker.namespace}» and renamed since`, elsewhere)
  }
  if (marker.serverId !== serverInfo.serverId) {
    throw refuse(
      'NAMESPACE_ELSEWHERE',
      `the marker in namespace «${namespace}» names another server: this is a copy, not the one that oltp made`,
      elsewhere,
    )
  }
  if (marker.format > bookkeepingFormat) {
    throw refuse('NAMESPACE_NEWER', `namespace «${namespace}» was made by a later version of oltp`, 'use that version, or --namespace NAME')
  }
}

async function readMarker(hold: NamespaceHold): Promise<NamespaceMarker | null> {
  if (!(await hold.database.namespaces.hasTable(hold.session, hold.namespace, 'oltp_meta'))) return null
  // All columns, by name: somebody else's table of that name has others.
  const found = await ask(hold, 'SELECT * FROM {oltp_meta}').catch(error => {
    const hint = 'let its owner grant you SELECT, INSERT, UPDATE and DELETE on all its tables, or choose a new name with --namespace NAME'
    throw explain(error, { code: 'NAMESPACE_UNREADABLE', what: `the marker of namespace «${hold.namespace}» cannot be read`, hint })
  })
  const [row] = found.rows
  if (row === undefined || found.rows.length !== 1) return null
  const column = (name: string) => asText(row[found.columns.indexOf(name)])
  if (column('tool') !== 'oltp') return null
  return {
    tool: 'oltp',
    format: Number(column('format')),
    namespace: column('namespace'),
    namespaceId: column('namespace_id'),
    serverId: column('server_id'),
    createdBy: column('created_by'),
    createdAt: column('created_at'),
  }
}

function foreignObjects(namespace: string, foreign: readonly NamespaceObject[]): OltpError {
  const list = foreign.map(({ kind, name }) => `${kind} ${name}`).join(', ')
  return new OltpError('NAMESPACE_FOREIGN_OBJECTS', exitCodes.refused, `namespace «${namespace}» holds what oltp did not make: ${list}`, {
    hint: 'move or drop these yourself, then run the same again; nothing was dropped',
  })
}

function hasDependents(namespace: string, what: string, cause?: unknown): OltpError {
  return new OltpError('NAMESPACE_DEPENDENTS', exitCodes.refused, `something outside depends on namespace «${namespace}»: ${what}`, {
    hint: 'drop what depends on it yourself, then run the same again; nothing was dropped',
    cause,
  })
}
