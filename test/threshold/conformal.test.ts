import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { conformalThreshold } from '../../src/threshold/index.js'

const BLOCK = 20
const blocks = (count: number, seed: number) => {
  const random = createRandom(seed)
  let x = 0
  return Float32Array.from({ length: count * BLOCK }, () => Math.abs((x = 0.9 * x + random.normal())))
}
const maximum = (scores: Float32Array) => scores.reduce((a, b) => Math.max(a, b))

describe('conformalThreshold', () => {
  it('flags a block of autocorrelated normal scores with at most the asked probability', () => {
    const alpha = 0.05
    let flagged = 0
    const runs = 300
    for (let seed = 0; seed < runs; seed++) {
      const scores = blocks(61, seed)
      const { level } = conformalThreshold(alpha, BLOCK).fit(scores.subarray(0, 60 * BLOCK))
      if (maximum(scores.subarray(60 * BLOCK)) > level) flagged++
    }
    expect(flagged / runs).toBeLessThan(alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / runs))
    expect(flagged / runs).toBeGreaterThan(0.015)
  })

  it('has p-values that fall with the score and are at most alpha exactly above the level', () => {
    const fitted = conformalThreshold(0.1, BLOCK).fit(blocks(50, 1))
    const scores = Array.from({ length: 200 }, (_, i) => i / 20)
    const p = scores.map(score => fitted.pValue(score))
    for (let i = 1; i < p.length; i++) expect(p[i]).toBeLessThanOrEqual(p[i - 1])
    scores.forEach((score, i) => {
      expect(p[i] <= 0.1).toBe(score > fitted.level)
    })
    expect(fitted.pValue(Number.NaN)).toBeNaN()
  })

  it('refuses a probability that its blocks cannot support and says which they do', () => {
    expect(() => conformalThreshold(0.01, BLOCK).fit(blocks(49, 1))).toThrow(
      expect.objectContaining({
        code: 'data-calibration-short',
        message: expect.stringMatching(/they support 0\.02.*at least 1980/),
      }),
    )
    expect(() => conformalThreshold(0.01, BLOCK).fit(blocks(99, 1))).not.toThrow()
  })
})
