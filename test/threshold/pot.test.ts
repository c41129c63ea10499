import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { potThreshold, quantileThreshold } from '../../src/threshold/index.js'

const exponential = (n: number, seed: number) => {
  const random = createRandom(seed)
  return Float32Array.from({ length: n }, () => -Math.log(1 - random.uniform()))
}

describe('potThreshold', () => {
  it('finds the level of a risk far beyond the data: -log(risk) for exponential scores', () => {
    const levels = Array.from({ length: 20 }, (_, seed) =>
      potThreshold({ risk: 1e-5 }).fit(exponential(5000, seed)),
    )
    const mean = levels.reduce((sum, { level }) => sum + level, 0) / levels.length
    expect(Math.abs(mean / -Math.log(1e-5) - 1)).toBeLessThan(0.1)
  })

  it('counts a run of exceedances once when it is declustered', () => {
    const independent = exponential(4000, 3)
    // Each score four times in a row: four times the samples, the same peaks.
    const repeated = Float32Array.from({ length: 16_000 }, (_, i) => independent[i >> 2])
    const once = potThreshold({ risk: 1e-4 }).fit(independent).level
    const declustered = potThreshold({ risk: 1e-4 / 4, mergeGap: 3 }).fit(repeated).level
    expect(Math.abs(declustered / once - 1)).toBeLessThan(0.02)
  })

  it('is the quantile when there are too few peaks for a tail', () => {
    const few = exponential(100, 4)
    expect(potThreshold({ risk: 0.01 }).fit(few).level).toBe(quantileThreshold(0.99).fit(few).level)
  })
})
