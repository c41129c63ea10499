import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import {
  fitGeneralisedPareto,
  paretoLogLikelihood,
  paretoPosterior,
  paretoQuantile,
  paretoSurvival,
} from '../../src/stats/index.js'

const sample = (shape: number, scale: number, n: number, seed: number) => {
  const random = createRandom(seed)
  return Float64Array.from({ length: n }, () => paretoQuantile({ shape, scale }, 1 - random.uniform()))
}
const shapes = fc.constantFrom(-0.4, -0.1, 0, 1e-12, 0.2, 0.6)

describe('the generalised Pareto distribution', () => {
  it('has quantiles that are the inverse of its survival', () => {
    fc.assert(
      fc.property(
        shapes,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: 1e-9, max: 1, noNaN: true }),
        (shape, scale, p) => {
          const tail = { shape, scale }
          expect(Math.abs(paretoSurvival(tail, paretoQuantile(tail, p)) / p - 1)).toBeLessThan(1e-6)
        },
      ),
      { seed: 1 },
    )
  })

  it('is exponential at shape 0, uniform at shape -1, and ends where it is bounded', () => {
    expect(paretoSurvival({ shape: 0, scale: 2 }, 4)).toBeCloseTo(Math.exp(-2), 12)
    expect(paretoSurvival({ shape: 1e-7, scale: 2 }, 4)).toBeCloseTo(Math.exp(-2), 6)
    expect(paretoSurvival({ shape: -1, scale: 2 }, 0.5)).toBeCloseTo(0.75, 12)
    expect(paretoSurvival({ shape: -1, scale: 2 }, 3)).toBe(0)
  })

  it('has a likelihood that is the slope of its survival', () => {
    for (const shape of [-0.3, 0, 0.4]) {
      const tail = { shape, scale: 1.5 }
      const density = (paretoSurvival(tail, 1) - paretoSurvival(tail, 1 + 1e-6)) / 1e-6
      expect(paretoLogLikelihood(tail, [1])).toBeCloseTo(Math.log(density), 4)
    }
    expect(paretoLogLikelihood({ shape: -0.5, scale: 1 }, [3])).toBe(Number.NEGATIVE_INFINITY)
  })
})

describe('fitGeneralisedPareto', () => {
  it.each([
    [-0.3, 2],
    [0, 1],
    [0.2, 5],
    [0.4, 0.1],
  ])('finds shape %f and scale %f in a large sample', (shape, scale) => {
    const fit = fitGeneralisedPareto(sample(shape, scale, 8000, 1))
    expect(fit.shape).toBeCloseTo(shape, 1)
    expect(fit.scale / scale).toBeCloseTo(1, 1)
  })

  it('is near the best likelihood of a fine grid', () => {
    const excesses = sample(0.15, 1, 2000, 2)
    const fit = fitGeneralisedPareto(excesses)
    let best = Number.NEGATIVE_INFINITY
    for (let shape = -0.2; shape < 0.5; shape += 0.02) {
      for (let scale = 0.7; scale < 1.4; scale += 0.02)
        best = Math.max(best, paretoLogLikelihood({ shape, scale }, excesses))
    }
    expect(best - paretoLogLikelihood(fit, excesses)).toBeLessThan(0.5)
  })

  it('follows the scale of the excesses and leaves NaN out', () => {
    const excesses = sample(0.2, 1, 100, 3)
    const fit = fitGeneralisedPareto(excesses)
    const scaled = fitGeneralisedPareto([...excesses.map(y => 1000 * y), Number.NaN])
    expect(scaled.shape).toBeCloseTo(fit.shape, 9)
    expect(scaled.scale / fit.scale).toBeCloseTo(1000, 6)
  })

  it('makes an exponential tail of excesses that cannot tell a shape', () => {
    expect(fitGeneralisedPareto([2])).toEqual({ shape: 0, scale: 2 })
    expect(fitGeneralisedPareto([3, 3, 3])).toEqual({ shape: 0, scale: 3 })
    expect(fitGeneralisedPareto([]).scale).toBeNaN()
  })
})

describe('paretoPosterior', () => {
  it('has weights that sum to 1 and lie around the truth, closer with more excesses', () => {
    const spread = (n: number) => {
      const tails = paretoPosterior(sample(0.1, 1, n, 4))
      expect(tails.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9)
      const mean = tails.reduce((sum, { weight, shape }) => sum + weight * shape, 0)
      expect(Math.abs(mean - 0.1)).toBeLessThan(0.3)
      return tails.reduce((sum, { weight, shape }) => sum + weight * (shape - mean) ** 2, 0)
    }
    expect(spread(1000)).toBeLessThan(spread(100))
    expect(spread(100)).toBeLessThan(spread(10))
  })

  it('covers the true probability of a far level as often as it says', () => {
    const level = 7
    const truth = paretoSurvival({ shape: 0, scale: 1 }, level)
    let inside = 0
    for (let seed = 0; seed < 60; seed++) {
      const chances = paretoPosterior(sample(0, 1, 60, seed))
        .map(tail => ({ chance: paretoSurvival(tail, level), weight: tail.weight }))
        .sort((a, b) => a.chance - b.chance)
      const below = chances.reduce((sum, { chance, weight }) => sum + (chance < truth ? weight : 0), 0)
      if (below > 0.05 && below < 0.95) inside++
    }
    expect(inside).toBeGreaterThanOrEqual(48)
  })
})
