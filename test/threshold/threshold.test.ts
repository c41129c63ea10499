import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { quantileThreshold, sigmaThreshold } from '../../src/threshold/index.js'

const random = createRandom(1)
const scores = Float32Array.from({ length: 4000 }, () => Math.exp(random.normal()))
const share = (level: number) => scores.filter(score => score > level).length / scores.length

describe('thresholds', () => {
  it('by quantile flag the share that was asked for', () => {
    for (const q of [0.5, 0.9, 0.99, 0.999])
      expect(share(quantileThreshold(q).fit(scores).level)).toBeCloseTo(1 - q, 3)
  })

  it('by mean + k sd equal the formula', () => {
    expect(sigmaThreshold(3).fit(Float32Array.of(1, 2, 3, 4)).level).toBeCloseTo(2.5 + 3 * Math.sqrt(1.25), 6)
  })

  it.each([
    ['quantile', (k: number) => quantileThreshold(k / 10)],
    ['sigma', (k: number) => sigmaThreshold(k)],
  ])('%s rises with its parameter and scales with the scores', (_, rule) => {
    const levels = [1, 3, 5, 7].map(k => rule(k).fit(scores).level)
    expect([...levels].sort((a, b) => a - b)).toEqual(levels)
    expect(rule(5).fit(scores.map(score => 2 * score)).level).toBeCloseTo(2 * levels[2], 4)
  })

  it('never become 0, so that a score can be divided by them', () => {
    expect(quantileThreshold(0.9).fit(new Float32Array(10)).level).toBeGreaterThan(0)
  })
})
