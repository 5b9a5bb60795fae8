import { describe, expect, test } from 'vitest'
import { Requests } from '#oltp/engine/requests.js'

describe('a question to all workers', () => {
  test('is answered when all have', async () => {
    const requests = new Requests<string>(2)
    const asked: number[] = []
    const answers = requests.ask(request => asked.push(request))
    const others = requests.ask(request => asked.push(request))
    requests.answered(1, 1, 'd')
    requests.answered(0, 0, 'a')
    requests.answered(1, 0, 'b')
    requests.answered(0, 1, 'c')
    expect(await answers).toEqual(['a', 'b'])
    expect(await others).toEqual(['d', 'c'])
    expect(asked).toEqual([0, 1])
  })

  test('takes the last word of those that have ended', async () => {
    const requests = new Requests<string>(2)
    const before = requests.ask(() => {})
    requests.ended(0, 'last')
    requests.answered(1, 0, 'b')
    expect(await before).toEqual(['last', 'b'])
    const after = requests.ask(request => requests.answered(1, request, 'c'))
    expect(await after).toEqual(['last', 'c'])
  })

  test('does not wait for anybody once nobody answers any more', async () => {
    const requests = new Requests<string>(2)
    const open = requests.ask(request => requests.answered(0, request, 'a'))
    requests.close()
    expect(await open).toEqual(['a'])
    expect(await requests.ask(() => {})).toEqual([])
  })
})
