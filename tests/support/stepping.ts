import { afterAll, afterEach, beforeAll } from 'vitest'
import type { DemoState, SessionState } from '#oltp/demo/facts.js'
import type { Stage } from '#oltp/demo/stage.js'
import { Stepper } from '#oltp/demo/stepper.js'
import type { Demo } from '#oltp/scenario/demo/model.js'
import type { Isolation } from '#oltp/scenario/model.js'
import type { Value } from '#oltp/scenario/values.js'
import type { engines } from './servers.js'
import { openStage } from './stage.js'

/** Demos stepped through on one server, one after the other. */
export interface Stepping {
  readonly stage: Stage
  /** Closed after the test. */
  begin(demo: Demo, isolation?: Isolation): Promise<Stepper>
  /** What is left in the table `t`. */
  left(): Promise<readonly (Value | undefined)[]>
  /** By PostgreSQL's way and by MySQL's. */
  either<Thing>(postgres: Thing, mysql: Thing): Thing
}

/** To be called where tests are declared: opens a stage before them and closes it after. */
export function steppingOn(engine: (typeof engines)[number]): Stepping {
  let opened: Awaited<ReturnType<typeof openStage>> | null = null
  let stepper: Stepper | null = null
  beforeAll(async () => {
    opened = await openStage(engine.url)
  })
  afterEach(async () => {
    await stepper?.close()
    stepper = null
  })
  afterAll(async () => {
    await opened?.close()
  })
  const stage = (): Stage => {
    if (opened === null) throw new Error('the stage is open while tests run')
    return opened.stage
  }
  return {
    get stage() {
      return stage()
    },
    async begin({ plot }, isolation = 'read committed') {
      await stage().reset(plot)
      stepper = await Stepper.open(stage(), plot, isolation)
      return stepper
    },
    async left() {
      return (await stage().ask('SELECT v FROM t ORDER BY id')).rows.map(([v]) => v)
    },
    either: (postgres, mysql) => (engine.name === 'postgres' ? postgres : mysql),
  }
}

export async function steps(playing: Stepper, count: number): Promise<DemoState> {
  for (let step = 1; step < count; step++) await playing.next()
  return playing.next()
}

export function statuses({ facts }: DemoState): readonly string[] {
  return facts.map(({ session, status }) => `${session} ${status}`)
}

export function stateOf({ sessions }: DemoState, session: string): SessionState | undefined {
  return sessions.find(({ name }) => name === session)
}
