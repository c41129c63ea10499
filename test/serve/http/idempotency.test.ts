import { describe, expect, it } from 'vitest'
import { createIdempotency, MOST_REMEMBERED, REMEMBERED_MS } from '../../../src/serve/http/idempotency.js'

const request = { user: 'a', key: 'k', method: 'POST', url: '/x', body: { n: 1 } }

function counter() {
  let count = 0
  return async () => ({ status: 201, result: ++count })
}

describe('idempotency', () => {
  it('works once for equal requests, also while the first is under way', async () => {
    const { answer } = createIdempotency(() => 0)
    const work = counter()
    const all = await Promise.all([1, 2, 3].map(() => answer(request, work)))
    expect(all.map(({ answered, isRepeated }) => [answered.result, isRepeated])).toEqual([
      [1, false],
      [1, true],
      [1, true],
    ])
  })

  it('refuses a key that came with another request', async () => {
    const { answer } = createIdempotency(() => 0)
    await answer(request, counter())
    for (const other of [{ body: { n: 2 } }, { url: '/y' }, { method: 'PUT' }])
      await expect(answer({ ...request, ...other }, counter())).rejects.toMatchObject({ code: 'key-reused' })
  })

  it('keeps the keys of users apart', async () => {
    const { answer } = createIdempotency(() => 0)
    const work = counter()
    await answer(request, work)
    expect((await answer({ ...request, user: 'b', body: {} }, work)).answered.result).toBe(2)
  })

  it('does a request that failed again', async () => {
    const { answer } = createIdempotency(() => 0)
    await expect(answer(request, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect((await answer(request, counter())).isRepeated).toBe(false)
  })

  it('forgets after a day, and the oldest of too many', async () => {
    let nowMs = 0
    const { answer } = createIdempotency(() => nowMs)
    const work = counter()
    const isRepeated = async (key: string) => (await answer({ ...request, key }, work)).isRepeated
    await isRepeated('first')
    nowMs = REMEMBERED_MS - 1
    expect(await isRepeated('first')).toBe(true)
    nowMs = REMEMBERED_MS
    expect(await isRepeated('first')).toBe(false)
    for (let i = 0; i < MOST_REMEMBERED - 1; i++) await isRepeated(`k${i}`)
    expect(await isRepeated('first')).toBe(true)
    await isRepeated('last')
    expect(await isRepeated('first')).toBe(false)
  })

  it.each(['', 'a b', 'ä', 'x'.repeat(201)])('refuses %j as a key', async key => {
    const { answer } = createIdempotency(() => 0)
    await expect(answer({ ...request, key }, counter())).rejects.toMatchObject({ code: 'request-invalid' })
  })
})
