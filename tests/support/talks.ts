import type { SessionOptions, Target } from '#oltp/database/contract.js'
import type { Dialogue } from '#oltp/database/dialogue.js'
import type { SessionLock, Wait, WaitWatch } from '#oltp/database/waits.js'
import type { engines } from './servers.js'
import { type Ground, openGround, until } from './sessions.js'

/** A ground with people who talk on it, and somebody who watches who waits. */
export interface Talks {
  readonly ground: Ground
  readonly watch: WaitWatch
  talk(settings?: SessionOptions['settings'], target?: Partial<Target>): Promise<Dialogue>
  /** Once the server says that this one waits, among the others. */
  untilWaiting(waiting: Dialogue, others: readonly Dialogue[]): Promise<Wait>
  /** Whom it waits for, by their place among the others, as the server tells. */
  blockersOf(waiting: Dialogue, others: readonly Dialogue[]): Promise<readonly number[]>
  /** The same with those that the server does not name. */
  inTheWayOf(waiting: Dialogue, others: readonly Dialogue[]): Promise<Pick<Wait, 'blockers' | 'inferred'>>
  locksOf(one: Dialogue): Promise<readonly SessionLock[]>
  /** Ends who talked in a test, those who wait too. */
  hush(): Promise<void>
  close(): Promise<void>
}

export async function openTalks(engine: (typeof engines)[number], purpose: string): Promise<Talks> {
  const ground = await openGround(engine, purpose)
  const { database, target, namespace } = ground
  const observer = await ground.open()
  const watch = database.watchWaits(observer, await database.inspect(ground.admin))
  const talking: Dialogue[] = []

  async function untilWaiting(waiting: Dialogue, others: readonly Dialogue[]): Promise<Wait> {
    const ids = [waiting, ...others].map(({ id }) => id)
    let found: Wait | undefined
    await until(async () => {
      found = (await watch.waits(ids)).find(wait => wait.waiting === waiting.id)
      return found !== undefined
    })
    return found as Wait
  }

  async function inTheWayOf(waiting: Dialogue, others: readonly Dialogue[]): Promise<Pick<Wait, 'blockers' | 'inferred'>> {
    const { blockers, inferred } = await untilWaiting(waiting, others)
    const places = (ids: readonly number[]) => ids.map(id => others.findIndex(other => other.id === id))
    return { blockers: places(blockers), inferred: places(inferred) }
  }

  async function hush(): Promise<void> {
    for (const dialogue of talking.splice(0)) await dialogue.kill()
  }

  return {
    ground,
    watch,
    async talk(settings = {}, elsewhere = {}) {
      const options: SessionOptions = { namespace, settings, statementTimeoutMs: null, protocol: 'prepared', pipeline: false }
      const dialogue = await database.dialogue({ ...target, ...elsewhere }, options)
      talking.push(dialogue)
      return dialogue
    },
    untilWaiting,
    inTheWayOf,
    async blockersOf(waiting, others) {
      return (await inTheWayOf(waiting, others)).blockers
    },
    locksOf: one => watch.locks([one.id]),
    hush,
    async close() {
      await hush()
      await ground.close()
    },
  }
}
