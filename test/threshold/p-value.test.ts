import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { pValueScale } from '../../src/threshold/index.js'

const scores = fc.array(fc.constantFrom(0, 0.5, 1, 1.5, 2, 3, Number.NaN), { minLength: 1, maxLength: 30 })

describe('pValueScale', () => {
  it('is the share of calibration scores at least as high, the score itself among them', () => {
    fc.assert(
      fc.property(scores, fc.constantFrom(-1, 0.5, 1, 1.2, 3, 9), (calibration, score) => {
        const known = calibration.filter(value => !Number.isNaN(value))
        fc.pre(known.length > 0)
        const atLeast = known.filter(value => value >= score).length
        expect(pValueScale(calibration)(score)).toBe((1 + atLeast) / (known.length + 1))
      }),
      { seed: 1 },
    )
  })

  it('falls as the score rises, and ends at what the calibration can say', () => {
    const pValue = pValueScale(Float32Array.from({ length: 999 }, (_, i) => i))
    const score = fc.double({ min: 0, max: 2000, noNaN: true })
    fc.assert(
      fc.property(score, score, (a, b) => {
        expect(pValue(Math.max(a, b))).toBeLessThanOrEqual(pValue(Math.min(a, b)))
      }),
      { seed: 1 },
    )
    expect(pValue(1e9)).toBe(1 / 1000)
    expect(pValue(Number.NaN)).toBeNaN()
  })

  it('of a normal sample is at most p no more often than p, even from few scores', () => {
    const random = createRandom(1)
    const draw = () => random.normal() ** 2
    const ps = Array.from({ length: 4000 }, () => pValueScale(Array.from({ length: 39 }, draw))(draw()))
    for (const p of [0.025, 0.1, 0.5]) {
      const share = ps.filter(value => value <= p).length / ps.length
      expect(share).toBeLessThan(p + 3 * Math.sqrt(p / ps.length))
      expect(share).toBeGreaterThan(p - 3 * Math.sqrt(p / ps.length))
    }
  })

  it('refuses a calibration without a score', () => {
    expect(() => pValueScale([Number.NaN])).toThrow(
      expect.objectContaining({ code: 'data-calibration-short' }),
    )
  })
})
