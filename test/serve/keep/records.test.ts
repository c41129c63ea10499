import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distance, matchOf } from '../../../src/serve/keep/records.js'

const shares = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.double({ min: 0.01, max: 1, noNaN: true }), {
    minKeys: 1,
  })
  .map(own => {
    const sum = Object.values(own).reduce((all, one) => all + one, 0)
    return new Map(Object.entries(own).map(([name, value]) => [name, value / sum]))
  })

describe('distance of patterns', () => {
  it('is a metric from 0 to 1', () => {
    fc.assert(
      fc.property(shares, shares, shares, (a, b, c) => {
        expect(distance(a, a)).toBe(0)
        expect(distance(a, b)).toBeCloseTo(distance(b, a), 12)
        expect(distance(a, b)).toBeLessThanOrEqual(1 + 1e-12)
        expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c) + 1e-12)
      }),
      { seed: 1 },
    )
  })

  it('is 1 without a channel in common', () => {
    expect(distance(new Map([['a', 1]]), new Map([['b', 1]]))).toBe(1)
  })
})

describe('match', () => {
  const pattern = (event: string, radius: number, model = 'pump') => ({
    event,
    model,
    verdict: 'expected' as const,
    radius,
    shares: new Map([['a', 1]]),
  })
  const event = {
    id: 'e',
    model: 'pump@3',
    channels: [
      { name: 'a', share: 0.8 },
      { name: 'b', share: 0.2 },
    ],
  }

  it('is the nearest pattern of the same model within its radius, and never the event itself', () => {
    expect(matchOf(event, [pattern('p', 0.3)])?.event).toBe('p')
    expect(matchOf(event, [pattern('p', 0.1)])).toBeUndefined()
    expect(matchOf(event, [pattern('p', 0.3, 'fan')])).toBeUndefined()
    expect(matchOf(event, [pattern('e', 0.3)])).toBeUndefined()
  })
})
