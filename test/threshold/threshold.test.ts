import { describe, expect, it } from 'vitest'
import type { FittedThreshold } from '../../src/core/contracts.js'
import { createRandom } from '../../src/core/random.js'
import {
  alarmBudgetThreshold,
  conformalThreshold,
  dynamicThreshold,
  madThreshold,
  potThreshold,
  quantileThreshold,
  regimeThreshold,
  rollingThreshold,
  sigmaThreshold,
  spotThreshold,
  THRESHOLD_LOADERS,
} from '../../src/threshold/index.js'

const random = createRandom(1)
const scores = Float32Array.from({ length: 4000 }, () => Math.exp(random.normal()))
const MINUTE = { cadenceMs: 60_000 }

/** Each rule with its knob: 1 is the most sensitive setting, 4 the least. */
const RULES: Record<string, (knob: number, scores: Float32Array) => FittedThreshold> = {
  quantile: (k, s) => quantileThreshold(1 - 0.1 ** k).fit(s),
  sigma: (k, s) => sigmaThreshold(k).fit(s),
  mad: (k, s) => madThreshold(k).fit(s),
  pot: (k, s) => potThreshold({ risk: 0.03 * 0.3 ** k }).fit(s),
  spot: (k, s) => spotThreshold({ risk: 0.03 * 0.3 ** k }).fit(s),
  conformal: (k, s) => conformalThreshold(0.4 / k, 20).fit(s),
  'rolling quantile': (k, s) => rollingThreshold(quantileThreshold(1 - 0.1 ** k)).fit(s),
  'quantile per regime': (k, s) =>
    regimeThreshold(quantileThreshold(1 - 0.1 ** k)).fit(
      s,
      s.map((_, i) => i % 2),
    ),
  'alarm budget': (k, s) => alarmBudgetThreshold(40 / k, MINUTE).fit(s),
}
const ALL = { ...RULES, dynamic: (_: number, s: Float32Array) => dynamicThreshold().fit(s) }

describe('every threshold', () => {
  it.each(Object.entries(RULES))('%s rises with its knob', (_, rule) => {
    const levels = [1, 2, 3, 4].map(k => rule(k, scores).level)
    expect([...levels].sort((a, b) => a - b)).toEqual(levels)
    expect(new Set(levels).size).toBe(4)
  })

  it.each(Object.entries(ALL))('%s scales with the scores', (_, rule) => {
    const doubled = rule(
      2,
      scores.map(score => 2 * score),
    ).level
    expect(Math.abs(doubled / rule(2, scores).level - 2)).toBeLessThan(1e-4)
  })

  it.each(Object.entries(ALL))('%s lies above the bulk of the scores it was calibrated on', (_, rule) => {
    const { level } = rule(2, scores)
    expect(scores.filter(score => score <= level).length).toBeGreaterThan(0.6 * scores.length)
  })

  it.each(Object.entries(ALL))('%s leaves NaN out', (_, rule) => {
    const withMissing = new Float32Array(scores.length + 400).fill(Number.NaN)
    withMissing.set(scores, 400)
    expect(rule(2, withMissing).level).toBeCloseTo(rule(2, scores).level, 5)
  })

  it.each(Object.entries(ALL))('%s comes back from its state as JSON with the same level', (_, rule) => {
    const fitted = rule(2, scores)
    const state = fitted.state()
    const back = THRESHOLD_LOADERS[state.kind]({
      ...state,
      options: JSON.parse(JSON.stringify(state.options)),
    })
    expect(back.level).toBe(fitted.level)
    expect(back.state()).toEqual(state)
  })

  it.each(Object.entries(ALL))('%s refuses scores that are all missing', (_, rule) => {
    expect(() => rule(2, new Float32Array(3).fill(Number.NaN))).toThrow(
      expect.objectContaining({ code: 'data-calibration-short' }),
    )
  })

  it.each(Object.entries(ALL))('%s of constant scores flags nothing like them', (_, rule) => {
    const constant = new Float32Array(500).fill(3)
    expect(3 > rule(2, constant).level).toBe(false)
  })
})

const share = (level: number) => scores.filter(score => score > level).length / scores.length

describe('quantileThreshold', () => {
  it('flags the share that was asked for, and counts what it used and ignored', () => {
    for (const q of [0.5, 0.9, 0.99, 0.999])
      expect(share(quantileThreshold(q).fit(scores).level)).toBeCloseTo(1 - q, 3)
    expect(
      quantileThreshold(0.5)
        .fit(Float32Array.of(1, Number.NaN, 2))
        .state().options,
    ).toMatchObject({
      used: 2,
      ignored: 1,
    })
  })

  it('never becomes 0, so that a score can be divided by it', () => {
    expect(quantileThreshold(0.9).fit(new Float32Array(10)).level).toBeGreaterThan(0)
  })
})

describe('sigmaThreshold', () => {
  it('equals the formula', () => {
    expect(sigmaThreshold(3).fit(Float32Array.of(1, 2, 3, 4)).level).toBeCloseTo(2.5 + 3 * Math.sqrt(1.25), 6)
  })
})

describe('madThreshold', () => {
  it('is hardly moved by a tenth of wild scores', () => {
    const spoiled = scores.map((score, i) => (i % 10 === 0 ? 1000 : score))
    const ratio = (rule: (s: Float32Array) => FittedThreshold) => rule(spoiled).level / rule(scores).level
    expect(ratio(s => madThreshold(3).fit(s))).toBeLessThan(1.4)
    expect(ratio(s => sigmaThreshold(3).fit(s))).toBeGreaterThan(20)
  })

  it('falls back on the mean deviation when more than half of the scores are equal', () => {
    const level = madThreshold(1).fit(Float32Array.of(1, 1, 1, 1, 5)).level
    expect(level).toBeCloseTo(1 + 1.2533 * 0.8, 5)
  })
})

describe('the quantile of few scores', () => {
  it.each([
    [9, 0.9, 9],
    [99, 0.9, 90],
    [100, 0.9, 91],
    [100, 0.999, 100],
  ])('of %i scores at %f is the score of rank %i', (n, q, rank) => {
    const scores = Float32Array.from({ length: n }, (_, i) => n - i)
    expect(quantileThreshold(q).fit(scores).level).toBe(rank)
  })

  it('is exceeded by at most the share that it names, of independent samples', () => {
    const random = createRandom(5)
    const draw = (n: number) => Float32Array.from({ length: n }, () => random.normal())
    const runs = 2000
    let above = 0
    for (let run = 0; run < runs; run++) {
      const { level } = quantileThreshold(0.9).fit(draw(30))
      above += draw(20).filter(score => score > level).length / 20
    }
    // Type 7 of 30 scores gave .125.
    expect(above / runs).toBeLessThan(0.105)
    expect(above / runs).toBeGreaterThan(0.08)
  })
})
