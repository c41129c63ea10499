import { describe, expect, it } from 'vitest'
import { createRateLimiter } from '../../../src/serve/access/rate.js'

describe('rate limiter', () => {
  it('allows a burst of one second, then the rate, for each name', () => {
    let nowMs = 0
    const limiter = createRateLimiter(10, () => nowMs)
    const taken = (name: string, count: number) =>
      Array.from({ length: count }, () => limiter.take(name)).filter(left => left >= 0).length
    expect(taken('a', 30)).toBe(10)
    expect(taken('b', 5)).toBe(5)
    nowMs = 500
    expect(taken('a', 30)).toBe(5)
    nowMs = 60_000
    expect(taken('a', 30)).toBe(10)
  })
})
