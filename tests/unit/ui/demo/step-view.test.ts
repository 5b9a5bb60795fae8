import { expect, test } from 'vitest'
import type { StepFact } from '#oltp/demo/facts.js'
import { stepViews } from '#oltp/ui/demo/step-view.js'
import { bWaits, changed, finished, sceneOf, waiting } from '../../../support/demo-scene.js'

const lock: NonNullable<StepFact['waited']> = { blockers: ['A'], inferred: [], lock: 'transactionid ShareLock' }
const remarks = (scene: Parameters<typeof stepViews>[0], number: number, overdue: readonly string[] = []) =>
  stepViews(scene, overdue)[number - 1]?.remarks.map(({ text }) => text)

test('a step that waits says for whom, and turns until the server has answered', () => {
  const scene = sceneOf(waiting, bWaits)
  expect(stepViews(scene, [])[5]).toMatchObject({ state: 'waiting', turning: true, note: 'Computed from what B read' })
  expect(remarks(scene, 6)).toEqual(['waits for A: transactionid ShareLock'])
  expect(stepViews(scene, ['B'])[5]).toMatchObject({ turning: false })
  expect(remarks(scene, 6, ['B'])?.at(-1)).toBe('answered since: space tells')
})

test('one that waits says what the server has told of it, and no more', () => {
  const waits = (waited: typeof lock) => remarks(sceneOf([...waiting.slice(0, 5), { status: 'waiting', waited }], bWaits), 6)
  expect(waits({ ...lock, blockers: [], inferred: ['A'] })).toEqual(['waits, it seems, for A: transactionid ShareLock'])
  expect(waits({ ...lock, blockers: [] })).toEqual(['waits for transactionid ShareLock'])
})

test('one that waited says until when', () => {
  expect(remarks(sceneOf(finished), 6)).toEqual(['waited for A: transactionid ShareLock, until step 7 of A', '1 row'])
  const byItself = [
    ...waiting.slice(0, 5),
    { status: 'failed', waited: lock, error: { code: '55P03', message: 'lock timeout', detail: null, hint: null } },
  ] as const
  expect(remarks(sceneOf(byItself), 6)).toEqual(['waited for A: transactionid ShareLock', '55P03 lock timeout'])
})

test('what was never sent says why', () => {
  expect(remarks(sceneOf([{ status: 'deferred' }]), 1)).toEqual(['deferred: A still waits'])
  expect(remarks(sceneOf([{ status: 'skipped', skipped: 'condition' }]), 1)).toEqual(['not sent: its condition is false'])
  expect(remarks(sceneOf([{ status: 'skipped', skipped: 'gave up' }]), 1)).toEqual(['skipped: A gave up'])
})

test('changed rows are counted where rows are changed, and nowhere else', () => {
  const scene = sceneOf([{ answer: changed(0, 'BEGIN') }, {}, {}, {}, { answer: changed(0) }])
  expect(remarks(scene, 1)).toEqual([])
  expect(remarks(scene, 5)).toEqual(['0 rows'])
})

test('a commit that rolled back is told from one that did not; one that is a rollback says what it was to be', () => {
  const commit = (answer: ReturnType<typeof changed>, more = {}) => remarks(sceneOf([...finished.slice(0, 6), { answer, ...more }]), 7)
  expect(commit(changed(0, 'COMMIT'))).toEqual([])
  expect(commit(changed(0, 'ROLLBACK'))).toEqual(['answered ROLLBACK: nothing was committed'])
  expect(commit(changed(0, 'ROLLBACK'), { sql: 'ROLLBACK' })).toEqual(['instead of COMMIT'])
})

test('the step that is next is marked, unless something else comes first', () => {
  const next = (cycle: readonly string[] | null, overdue: readonly string[]) =>
    stepViews(sceneOf(waiting, { ...bWaits, cycle }), overdue)
      .filter(({ state }) => state === 'next')
      .map(({ number }) => number)
  expect(next(null, [])).toEqual([7])
  expect(next(['A', 'B'], [])).toEqual([])
  expect(next(null, ['B'])).toEqual([])
})

test('a note waits for its step', () => {
  const noteAfter = (steps: number) => stepViews(sceneOf(waiting.slice(0, steps)), [])[5]?.note
  expect([noteAfter(4), noteAfter(5), noteAfter(6)]).toEqual([null, 'Computed from what B read', 'Computed from what B read'])
})

test('a note is of the first attempt: of another one it need not be true', () => {
  const noteAt = (attempt: number) => stepViews(sceneOf([...finished.slice(0, 5), { ...finished[5], attempt }]), [])[5]?.note
  expect([noteAt(1), noteAt(2)]).toEqual(['Computed from what B read', null])
})

test('what is done again says so', () => {
  expect(remarks(sceneOf([{ attempt: 2, answer: changed(0, 'BEGIN') }]), 1)).toEqual(['attempt 2'])
})
