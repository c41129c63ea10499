import { expect, it } from 'vitest'
import { pushSource } from '../../../src/serve/streams/push-source.js'
import { createDecoder, parseMapping } from '../../../src/sources/index.js'

const source = () => pushSource('s', createDecoder(parseMapping([], { time: 'time', device: 'device' })))
const messages = (count: number) => Array.from({ length: count }, (_, i) => ({ device: 'd', time: i, a: i }))

it('gives a large request in parts, and answers it when the last one is on the disk', async () => {
  const push = source()
  let answer: unknown
  const answered = push.push(messages(25)).then(result => {
    answer = result
  })
  const parts = [await push.take(10, 0), await push.take(10, 0), await push.take(10, 0)]
  expect(parts.map(part => part?.messages.length)).toEqual([10, 10, 5])
  const [late] = parts[1]?.messages ?? []
  parts[0]?.acknowledge([])
  parts[1]?.acknowledge([{ message: late, reason: 'late' }])
  await Promise.resolve()
  expect(answer).toBeUndefined()
  expect(push.waiting()).toBe(5)
  parts[2]?.acknowledge([])
  await answered
  expect(answer).toMatchObject({ taken: 24, refused: { late: 1 }, refusals: [{ index: 10 }] })
})

it('gives small requests together, and tells each what became of its own messages', async () => {
  const push = source()
  const [first, second] = [push.push(messages(2)), push.push('{"device":"d","time":7,"a":1}\nno')]
  const delivery = await push.take(10, 0)
  expect(delivery).toMatchObject({ refused: { 'not-json': 1 } })
  expect(delivery?.messages.length).toBe(3)
  delivery?.acknowledge([{ message: delivery.messages[2], reason: 'late' }])
  expect(await first).toEqual({ taken: 2, refused: {}, badReadings: 0, refusals: [] })
  expect(await second).toMatchObject({ taken: 0, refused: { late: 1, 'not-json': 1 } })
})

it('refuses what was not kept when it closes', async () => {
  const push = source()
  const pending = push.push(messages(20))
  await push.take(10, 0)
  await push.close()
  await expect(pending).rejects.toMatchObject({ code: 'state-conflict' })
})

it('refuses more when 100,000 messages wait', async () => {
  const push = source()
  const pending = push.push(messages(100_001))
  await expect(push.push(messages(1))).rejects.toMatchObject({ code: 'server-busy' })
  await push.close()
  await expect(pending).rejects.toMatchObject({ code: 'state-conflict' })
})

it('refuses what of a list is no object, and takes the others', async () => {
  const push = source()
  const [first, last] = messages(2)
  const answer = push.push([first, null, 'text', 7, '{"device":"d","time":9,"a":1}', [], last])
  const delivery = await push.take(10, 0)
  expect(delivery?.messages.length).toBe(2)
  delivery?.acknowledge([])
  const { taken, refusals } = await answer
  expect([taken, refusals.map(({ index }) => index)]).toEqual([2, [1, 2, 3, 4, 5]])
})
