import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { rhythmOf } from '../../src/stats/index.js'

describe('rhythmOf', () => {
  it('is the period of a noisy wave, whatever its level, size and phase', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 90 }),
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        fc.double({ min: 0.5, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 6, noNaN: true }),
        fc.integer({ min: 1, max: 1000 }),
        (period, level, size, phase, seed) => {
          const random = createRandom(seed)
          const wave = Float64Array.from(
            { length: 1000 },
            (_, i) => level + size * (Math.sin((2 * Math.PI * i) / period + phase) + 0.1 * random.normal()),
          )
          // A wave repeats itself after two periods nearly as well.
          const found = rhythmOf(wave, 200) / period
          expect(Math.abs(found - Math.max(1, Math.round(found)))).toBeLessThan(0.3)
        },
      ),
      { seed: 1 },
    )
    const exact = Float64Array.from({ length: 1000 }, (_, i) => Math.sin((2 * Math.PI * i) / 25))
    expect(rhythmOf(exact, 200)).toBe(25)
    expect(
      rhythmOf(
        exact.map((x, i) => (i % 7 === 0 ? Number.NaN : x)),
        200,
      ),
    ).toBe(25)
  })

  it('is the memory of a series that has none', () => {
    const random = createRandom(1)
    let state = 0
    const walk = Float64Array.from({ length: 5000 }, () => (state = 0.95 * state + random.normal()))
    // 0.95^31 is 0.2.
    const found = rhythmOf(walk, 60)
    expect(found).toBeGreaterThan(15)
    expect(found).toBeLessThanOrEqual(60)
  })

  it('stays within 1 and the longest lag for any series', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: -9, max: 9, noNaN: true }), fc.constant(Number.NaN)), {
          minLength: 1,
        }),
        fc.integer({ min: 1, max: 20 }),
        (values, longest) => {
          const found = rhythmOf(Float64Array.from(values), longest)
          expect(found).toBeGreaterThanOrEqual(1)
          expect(found).toBeLessThanOrEqual(longest)
        },
      ),
      { seed: 1 },
    )
  })
})
