import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import type { State } from '../../src/core/state.js'
import {
  type AdaptiveThreshold,
  quantileThreshold,
  rollingThreshold,
  spotThreshold,
  THRESHOLD_LOADERS,
} from '../../src/threshold/index.js'

const exponential = (n: number, seed: number) => {
  const random = createRandom(seed)
  return Float32Array.from({ length: n }, () => -Math.log(1 - random.uniform()))
}
const throughJson = (state: State): State => ({
  ...state,
  options: JSON.parse(JSON.stringify(state.options)),
})
const calibration = exponential(5000, 1)
const largestStep = (levels: Float64Array) =>
  levels.reduce((most, level, i) => (i === 0 ? most : Math.max(most, level / levels[i - 1])), 0)

/** The level at each sample, learning from all that are not flagged. */
const adaptiveLevels = (threshold: AdaptiveThreshold, scores: Float32Array): Float64Array => {
  const online = threshold.online()
  return Float64Array.from(scores, score => {
    const { level } = online
    online.push(score, true)
    return level
  })
}

const RULES: Record<string, (scores: Float32Array) => AdaptiveThreshold> = {
  spot: scores => spotThreshold({ risk: 1e-3 }).fit(scores),
  dspot: scores => spotThreshold({ risk: 1e-3, depth: 50 }).fit(scores),
  rolling: scores => rollingThreshold(quantileThreshold(0.999), { memory: 2000 }).fit(scores),
}

describe.each(Object.entries(RULES))('%s', (_, rule) => {
  const fitted = rule(calibration)

  it('flags about the calibrated share of a stream like its calibration, and does not creep', () => {
    const stream = exponential(40_000, 2)
    const levels = adaptiveLevels(fitted, stream)
    const flagged = stream.filter((score, i) => score > levels[i]).length
    expect(flagged / stream.length).toBeGreaterThan(0.0003)
    expect(flagged / stream.length).toBeLessThan(0.003)
    expect(levels[levels.length - 1] / levels[0]).toBeGreaterThan(0.7)
    expect(levels[levels.length - 1] / levels[0]).toBeLessThan(1.4)
  })

  it.each([0, 1, 17, 2500])('goes on from its state after %i scores as if nothing had happened', cut => {
    const stream = exponential(4000, 3)
    const scoresOf = (online: ReturnType<typeof fitted.online>, from: number, to: number) =>
      Array.from(stream.subarray(from, to), score => [online.push(score), online.level])
    const all = scoresOf(fitted.online(), 0, 4000)
    const first = fitted.online()
    const before = scoresOf(first, 0, cut)
    const state = first.state()
    const stored = fitted.state()
    const loaded = THRESHOLD_LOADERS[stored.kind](throughJson(stored)) as AdaptiveThreshold
    const back = loaded.online(throughJson(state))
    // What goes on afterwards does not reach into the state.
    scoresOf(first, cut, 4000)
    expect([...before, ...scoresOf(back, cut, 4000)]).toEqual(all)
  })

  it('refuses the state of another kind', () => {
    const state = fitted.online().state()
    for (const other of [
      { ...state, kind: 'online:other' },
      { ...state, version: 2 },
      { ...state, arrays: {} },
    ])
      expect(() => fitted.online(other)).toThrow(expect.objectContaining({ code: 'state-unfit' }))
  })

  it('learns nothing from flagged samples, from samples in events, or from NaN', () => {
    const online = fitted.online()
    const before = online.state()
    for (let i = 0; i < 50; i++) {
      expect(online.push(1e6)).toBe(true)
      expect(online.push(Number.NaN)).toBe(false)
      online.push(3, false)
    }
    expect(online.state()).toEqual(before)
  })

  it('keeps followers apart', () => {
    const [a, b] = [fitted.online(), fitted.online()]
    const { level } = b
    for (const score of exponential(3000, 4)) a.push(1.5 * score)
    expect(b.level).toBe(level)
  })
})

describe('rollingThreshold', () => {
  const fitted = rollingThreshold(quantileThreshold(0.999), { memory: 2000, limit: 3 }).fit(calibration)

  it('follows scores that slowly become louder', () => {
    const n = 30_000
    const louder = exponential(n, 5).map((score, i) => score * (1 + i / n))
    const levels = adaptiveLevels(fitted, louder)
    expect(levels[n - 1] / levels[0]).toBeGreaterThan(1.7)
    expect(levels[n - 1] / levels[0]).toBeLessThan(2.2)
  })

  it('moves by at most 1 / memory at a sample, and never past the limit', () => {
    const levels = adaptiveLevels(fitted, new Float32Array(20_000).fill(fitted.level * 0.99))
    expect(largestStep(levels)).toBeLessThanOrEqual(1 + 1.001 / 2000)
    expect(levels[levels.length - 1] / fitted.level).toBeCloseTo(3, 6)
  })
})

describe('spotThreshold', () => {
  it('moves by at most its step at a fit, and never past the limit', () => {
    const fitted = spotThreshold({ risk: 1e-3, step: 0.01, limit: 1.05 }).fit(calibration)
    const stream = exponential(20_000, 6).map(score => 1.6 * score)
    const levels = adaptiveLevels(fitted, stream)
    expect(largestStep(levels)).toBeLessThanOrEqual(1.01 + 1e-9)
    expect(Math.max(...levels) / fitted.level).toBeCloseTo(1.05, 6)
  })

  it('with a depth drifts with the mean of normal scores, where one without stays', () => {
    const drifting = exponential(20_000, 7).map((score, i) => score + i / 2000)
    const share = (threshold: AdaptiveThreshold) => {
      const levels = adaptiveLevels(threshold, drifting)
      return drifting.filter((score, i) => score > levels[i]).length / drifting.length
    }
    expect(share(RULES.dspot(calibration))).toBeLessThan(0.005)
    expect(share(RULES.spot(calibration))).toBeGreaterThan(0.02)
  })
})
