import { expect, test } from 'vitest'
import { atNextLevel, nextVariant, onNextEngine } from '#oltp/ui/demo/tellings.js'
import { sceneOf, tickets } from '../../../support/demo-scene.js'

const scene = sceneOf([])
const told = (telling: Partial<typeof scene.telling>, dialect: 'postgres' | 'mysql' = 'postgres') => ({
  ...scene,
  telling: { ...scene.telling, ...telling },
  server: { ...scene.server, dialect },
})

test('levels go round', () => {
  expect(atNextLevel(scene).isolation).toBe('repeatable read')
  expect(atNextLevel({ ...scene, isolation: 'serializable' }).isolation).toBe('read uncommitted')
})

test('servers go round, where there is more than one', () => {
  expect(onNextEngine(scene, ['postgres'])).toBeNull()
  expect(onNextEngine(scene, ['postgres', 'mysql'])).toMatchObject({ engine: 'mysql' })
  expect(onNextEngine(told({ engine: 'mysql' }), ['postgres', 'mysql'])).toMatchObject({ engine: 'postgres' })
})

test('fixes follow each other, then the story comes again; those for other engines are left out', () => {
  const after = (variant: string | null, dialect?: 'mysql') => nextVariant(tickets, told({ variant }, dialect), true)?.variant
  expect([after(null), after('locked'), after('strict')]).toEqual(['locked', 'strict', null])
  expect([after(null, 'mysql'), after('locked', 'mysql')]).toEqual(['locked', null])
  expect(nextVariant(tickets, told({ variant: 'locked' }), false)).toMatchObject({ variant: 'other' })
  expect(nextVariant({ ...tickets, variants: [] }, scene, true)).toBeNull()
})

test('the level that was chosen stays, unless the variant is about another', () => {
  const chosen = { isolation: 'repeatable read' } as const
  expect(nextVariant(tickets, told(chosen), true)).toMatchObject(chosen)
  expect(nextVariant(tickets, told({ ...chosen, variant: 'locked' }), true)).toMatchObject({ variant: 'strict', isolation: null })
  expect(nextVariant(tickets, told({ ...chosen, variant: 'strict' }), true)).toMatchObject({ variant: null, isolation: null })
})
