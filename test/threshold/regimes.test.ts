import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { quantileThreshold, regimeThreshold } from '../../src/threshold/index.js'

const random = createRandom(1)
const regimes = Uint8Array.from({ length: 6000 }, (_, i) => (i % 600 < 300 ? 0 : i % 600 < 590 ? 1 : 2))
/** Regime 1 is ten times as loud as regime 0. */
const scores = Float32Array.from(regimes, regime => Math.abs(random.normal()) * (regime === 0 ? 1 : 10))
const fitted = regimeThreshold(quantileThreshold(0.99)).fit(scores, regimes)

describe('regimeThreshold', () => {
  it('flags the asked share in each regime, where one level would flag one regime alone', () => {
    const normalised = fitted.normalise(scores, regimes)
    const share = (over: ArrayLike<number>, level: number, regime: number) => {
      const at = Array.from(regimes.keys()).filter(i => regimes[i] === regime)
      return at.filter(i => over[i] > level).length / at.length
    }
    expect(share(normalised, 1, 0)).toBeCloseTo(0.01, 2)
    expect(share(normalised, 1, 1)).toBeCloseTo(0.01, 2)
    expect(share(scores, fitted.level, 0)).toBe(0)
  })

  it('uses the level over all for a regime that is rare or was never seen', () => {
    expect(fitted.levelOf(2)).toBe(fitted.level)
    expect(fitted.levelOf(77)).toBe(fitted.level)
    expect(fitted.levelOf(0)).not.toBe(fitted.level)
  })

  it('uses the level over all where normal scores are zero, so that no score becomes infinite', () => {
    const silent = scores.map((score, i) => (regimes[i] === 0 ? 0 : score))
    const levels = regimeThreshold(quantileThreshold(0.99)).fit(silent, regimes)
    expect(levels.levelOf(0)).toBe(levels.level)
    expect(levels.normalise([1], [0])[0]).toBeLessThan(1)
  })
})
