import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { pValueScale } from '../../src/threshold/index.js'

const random = createRandom(1)
const calibration = Float32Array.from({ length: 20_000 }, () => -Math.log(1 - random.uniform()))

describe('pValueScale', () => {
  const pValue = pValueScale(calibration)

  it('is the tail probability of the scores, also past the largest one', () => {
    for (const p of [0.5, 0.1, 0.01, 0.001]) expect(pValue(-Math.log(p)) / p).toBeCloseTo(1, 0)
    const far = pValue(-Math.log(1e-6)) / 1e-6
    expect(far).toBeGreaterThan(0.1)
    expect(far).toBeLessThan(10)
  })

  it('falls as the score rises, and is never 0', () => {
    const score = fc.double({ min: 0, max: 1000, noNaN: true })
    fc.assert(
      fc.property(score, score, (a, b) => {
        expect(pValue(Math.max(a, b))).toBeLessThanOrEqual(pValue(Math.min(a, b)))
        expect(pValue(a)).toBeGreaterThan(0)
      }),
    )
    expect(pValue(Number.NaN)).toBeNaN()
  })

  it('of scores that are all equal is 1 up to them and small above', () => {
    const constant = pValueScale(new Float32Array(5000).fill(2))
    expect(constant(2)).toBe(1)
    expect(constant(2.1)).toBe(1 / 5001)
  })
})
