import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { History } from '#oltp/demo/history.js'
import { playMatrix } from '#oltp/demo/matrix.js'
import { compareMatrices } from '#oltp/demo/matrix-changes.js'
import { demosForMatrix } from '#oltp/demo/matrix-demos.js'
import type { Matrix, MatrixCell } from '#oltp/demo/matrix-model.js'
import { judge } from '#oltp/demo/oracle.js'
import type { Stage } from '#oltp/demo/stage.js'
import { changeLines } from '#oltp/report/demo/matrix-diff.js'
import type { Demo } from '#oltp/scenario/demo/model.js'
import { parseExpression } from '#oltp/scenario/expression/parse.js'
import { isolationLevels } from '#oltp/scenario/model.js'
import { someSerialOrderFits } from '../../support/second-oracle.js'
import { engines } from '../../support/servers.js'
import { openStage } from '../../support/stage.js'

type Judge = typeof judge

/** A matrix, and of every history that was judged what it had left. */
interface Judged {
  readonly matrix: Matrix
  readonly contents: ReadonlyMap<string, string>
}

async function playAndKeep(stages: readonly Stage[], demos: readonly Demo[], judgeBy: Judge): Promise<Judged> {
  const contents = new Map<string, string>()
  const keeping: Judge = (stage, plot, isolation, history: History) => {
    const demo = demos.find(one => one.plot === plot)?.name
    contents.set([stage.dialect, demo, isolation].join(), history.contents)
    return judgeBy(stage, plot, isolation, history)
  }
  return { matrix: await playMatrix(stages, demos, { isolations: isolationLevels, judge: keeping }), contents }
}

/** What does not fit together, by a second oracle that knows nothing but the transcript. */
async function faultsOf({ matrix, contents }: Judged, stage: Stage, demos: readonly Demo[]): Promise<string[]> {
  const faults: string[] = []
  for (const cell of matrix.cells.filter(({ kind, engine }) => kind === 'anomaly' && engine === stage.dialect)) {
    const { plot } = demos.find(({ name }) => name === cell.demo) as Demo
    const left = contents.get([cell.engine, cell.demo, cell.isolation].join())
    if (left === undefined) continue
    const serializable = await someSerialOrderFits(stage, plot, cell, left)
    const happens = !serializable || cell.rule_held === false
    const where = `${cell.demo} at ${cell.isolation} on ${cell.server}`
    if (cell.serializable !== serializable) faults.push(`${where}: serializable is ${cell.serializable}`)
    if ((cell.outcome === 'happens') !== happens) faults.push(`${where}: the outcome is ${cell.outcome}`)
    if (serializable && cell.rule_held === false) faults.push(`${where}: the rule is broken by a serial history`)
  }
  return faults
}

describe('the core matrix', () => {
  const opened: Awaited<ReturnType<typeof openStage>>[] = []
  let stages: readonly Stage[] = []
  let demos: readonly Demo[] = []
  let played: Judged
  const stageOn = (engine: string) => stages.find(({ dialect }) => dialect === engine) as Stage
  const levelOf = (engine: string, isolation: string) =>
    played.matrix.levels.find(level => level.engine === engine && level.isolation === isolation)
  const cellOf = (engine: string, demo: string, isolation: string): MatrixCell | undefined =>
    played.matrix.cells.find(cell => cell.engine === engine && cell.demo === demo && cell.isolation === isolation)

  beforeAll(async () => {
    demos = await demosForMatrix([], false, process.cwd())
    for (const { url } of engines) opened.push(await openStage(url))
    stages = opened.map(({ stage }) => stage)
    played = await playAndKeep(stages, demos, judge)
  }, 240_000)

  afterAll(async () => {
    for (const one of opened) await one.close()
  })

  test('has a cell for every demo at every level on every server, but where it makes no sense', () => {
    const { cells, gaps, complete, servers } = played.matrix
    expect(complete).toBe(true)
    expect(servers.map(({ product }) => product)).toEqual(['PostgreSQL', 'MySQL', 'MariaDB'])
    expect(gaps.filter(({ failed }) => failed)).toEqual([])
    expect(cells.length + gaps.length).toBe(demos.length * isolationLevels.length * engines.length)
    expect(cells.length).toBeGreaterThanOrEqual(12 * isolationLevels.length * engines.length)
  })

  for (const { name } of engines) {
    test(`on ${name}: what happens is what no serial order explains, or what breaks the rule`, async () => {
      const judged = played.matrix.cells.filter(({ kind, engine }) => kind === 'anomaly' && engine === name)
      expect(judged.length).toBeGreaterThanOrEqual(8 * isolationLevels.length)
      expect(await faultsOf(played, stageOn(name), demos)).toEqual([])
    })

    test(`on ${name}: serializable is serializable, and something happens below it`, () => {
      expect(levelOf(name, 'serializable')).toMatchObject({ level: 'serializable', at_least: false })
      expect(levelOf(name, 'read committed')).toMatchObject({ level: 'monotonic atomic view', at_least: false })
    })
  }

  test('on PostgreSQL read uncommitted is read committed, and repeatable read is snapshot isolation', () => {
    expect(levelOf('postgres', 'read uncommitted')?.level).toBe(levelOf('postgres', 'read committed')?.level)
    expect(levelOf('postgres', 'repeatable read')).toMatchObject({ level: 'snapshot isolation', at_least: false })
    expect(cellOf('postgres', 'lost-update', 'repeatable read')?.codes).toEqual(['40001'])
  })

  test('on MySQL repeatable read loses updates, in silence', () => {
    expect(cellOf('mysql', 'lost-update', 'repeatable read')).toMatchObject({ outcome: 'happens', codes: [], rule_held: false })
    expect(levelOf('mysql', 'repeatable read')?.level).toBe('monotonic atomic view with a snapshot for plain reads')
  })

  test('on MariaDB repeatable read is as its setting says', () => {
    const checked = stageOn('mariadb').server.settings.innodb_snapshot_isolation === 'ON'
    const level = checked ? 'snapshot isolation' : 'monotonic atomic view with a snapshot for plain reads'
    expect(levelOf('mariadb', 'repeatable read')?.level).toBe(level)
  })

  test('read uncommitted of InnoDB is that', () => {
    for (const engine of ['mysql', 'mariadb']) expect(levelOf(engine, 'read uncommitted')?.level).toBe('read uncommitted')
  })

  test('an oracle that finds everything serializable is found out', async () => {
    const some = demos.filter(({ name }) => ['read-skew', 'lost-update'].includes(name))
    const blind: Judge = async () => ({ serializable: true, order: [], ordersTried: 0, madeUp: [] })
    const faults = await faultsOf(await playAndKeep([stageOn('postgres')], some, blind), stageOn('postgres'), some)
    expect(faults.filter(fault => /at read committed .*serializable is true/.test(fault))).toHaveLength(2)
  })

  test('so is one that finds nothing serializable', async () => {
    const some = demos.filter(({ name }) => ['read-skew', 'lost-update'].includes(name))
    const gloomy: Judge = async () => ({ serializable: false, order: null, ordersTried: 1, madeUp: [] })
    const faults = await faultsOf(await playAndKeep([stageOn('postgres')], some, gloomy), stageOn('postgres'), some)
    expect(faults.filter(fault => /at serializable .*the outcome is happens/.test(fault))).toHaveLength(2)
  })

  test('so is a rule that says the opposite', async () => {
    const some = demos.filter(({ name }) => name === 'lost-update').map(negated)
    const faults = await faultsOf(await playAndKeep([stageOn('postgres')], some, judge), stageOn('postgres'), some)
    expect(faults.filter(fault => /the rule is broken by a serial history/.test(fault))).not.toEqual([])
  })

  test('ways out are played at every level below their story, and change nothing of what the levels are', async () => {
    const some = demos.filter(({ name }) => ['lost-update', 'phantom'].includes(name))
    const isolations = ['read committed', 'serializable'] as const
    const { cells, gaps, levels, demos: told } = await playMatrix([stageOn('postgres')], some, { isolations, fixes: true })
    const outcomes = (demo: string, variant: string | null) =>
      cells.filter(cell => cell.demo === demo && cell.variant === variant).map(({ isolation, outcome }) => [isolation, outcome])
    expect(outcomes('lost-update', null)[0]).toEqual(['read committed', 'happens'])
    expect(outcomes('lost-update', 'for-update')[0]).toEqual(['read committed', 'waits'])
    expect(outcomes('lost-update', 'retry').map(([, outcome]) => outcome)).toEqual(['happens', 'error'])
    expect(told[0]?.fixes.map(({ name, isolation }) => [name, isolation])).toContainEqual(['retry', 'serializable'])
    // Of the phantom, a snapshot is a way out, and nothing but another level.
    expect(outcomes('phantom', 'snapshot')).toEqual([])
    expect(gaps.filter(({ variant }) => variant === 'snapshot').map(({ reason, failed }) => [reason, failed])).toEqual(
      isolations.map(() => ['it is the story at repeatable read: elsewhere it changes nothing', false]),
    )
    expect(gaps.filter(({ failed }) => failed)).toEqual([])
    const without = await playMatrix([stageOn('postgres')], some, { isolations })
    expect(levels).toEqual(without.levels)
    expect(without.cells.every(({ variant }) => variant === null)).toBe(true)
  })

  test('is the same when it is played again', async () => {
    const some = demos.filter(({ name }) => ['lost-update', 'write-skew', 'deadlock'].includes(name))
    const again = await playMatrix([stageOn('postgres')], some, { isolations: isolationLevels })
    const before = {
      ...again,
      cells: played.matrix.cells.filter(({ engine, demo }) => engine === 'postgres' && names(some).includes(demo)),
    }
    expect(compareMatrices(before, again)).toMatchObject({ cells: [], only_before: 0, only_after: 0 })
    expect(changeLines(compareMatrices(before, again))).toEqual(['nothing changed'])
  })
})

function names(demos: readonly Demo[]): readonly string[] {
  return demos.map(({ name }) => name)
}

function negated(demo: Demo): Demo {
  const { rule } = demo.plot
  if (rule === null) throw new Error(`${demo.name} has no rule`)
  return { ...demo, plot: { ...demo.plot, rule: { ...rule, holds: parseExpression(`not (${rule.holds.source})`) } } }
}
