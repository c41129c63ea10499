import { expect, it } from 'vitest'
import { createTurns } from '../../src/engine/turns.js'

const workFor = (ms: number) => {
  const from = performance.now()
  while (performance.now() - from < ms);
}

it('lets what waits go first when the work has taken long, and not before', async () => {
  const turn = createTurns(20)
  workFor(25)
  const order: string[] = []
  setImmediate(() => order.push('other'))
  await turn()
  order.push('after a long part')
  setImmediate(() => order.push('too late'))
  await turn()
  order.push('after a short part')
  expect(order).toEqual(['other', 'after a long part', 'after a short part'])
})
