import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import {
  type AdaptiveThreshold,
  type FollowOptions,
  followLevel,
  quantileThreshold,
  rollingThreshold,
  spotThreshold,
} from '../../src/threshold/index.js'

const exponential = (n: number, seed: number) => {
  const random = createRandom(seed)
  return Float32Array.from({ length: n }, () => -Math.log(1 - random.uniform()))
}
const calibration = exponential(4000, 1)
const MEMORY = 500
const RULES: Record<string, AdaptiveThreshold> = {
  rolling: rollingThreshold(quantileThreshold(0.999), { memory: MEMORY }).fit(calibration),
  spot: spotThreshold({ risk: 1e-3 }).fit(calibration),
  dspot: spotThreshold({ risk: 1e-3, depth: 40 }).fit(calibration),
}

const flaggedBy = (score: number, level: number) => Math.fround(score / level) > 1

function levelsOf(threshold: AdaptiveThreshold, scores: ArrayLike<number>, options: FollowOptions): number[] {
  const follower = followLevel(threshold, options)
  return Array.from(scores, score => follower.next(score))
}

/** The level of each sample by the definition: a fresh follower of the rule learns from all that are known to be calm by then. */
function naiveLevels(
  threshold: AdaptiveThreshold,
  scores: readonly number[],
  { calm, limit }: FollowOptions,
): number[] {
  const flags: boolean[] = []
  return scores.map((score, i) => {
    const online = threshold.online()
    for (let j = 0; j + calm < i; j++)
      if (!flags.slice(Math.max(0, j - calm), j + calm + 1).some(Boolean)) online.push(scores[j])
    const level = Math.min(threshold.level * limit, Math.max(threshold.level / limit, online.level))
    flags.push(flaggedBy(score, level))
    return level
  })
}

/** Stretches of scores, some of them loud. */
const streams = fc
  .array(
    fc.record({
      seed: fc.integer({ min: 0, max: 1000 }),
      n: fc.integer({ min: 1, max: 60 }),
      factor: fc.constantFrom(0.3, 1, 1, 1, 1.7, 20),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map(parts => parts.flatMap(({ seed, n, factor }) => Array.from(exponential(n, seed), one => factor * one)))

describe.each(Object.entries(RULES))('followLevel with %s', (_, threshold) => {
  it('equals the naive form', () => {
    fc.assert(
      fc.property(streams, fc.integer({ min: 0, max: 9 }), (scores, calm) => {
        expect(levelsOf(threshold, scores, { calm, limit: 2 })).toEqual(
          naiveLevels(threshold, scores, { calm, limit: 2 }),
        )
      }),
      { numRuns: 30, seed: 1 },
    )
  })

  it('never leaves its bound, so that no score above limit x threshold is missed', () => {
    fc.assert(
      fc.property(streams, fc.double({ min: 1.05, max: 3, noNaN: true }), (scores, limit) => {
        const levels = levelsOf(threshold, [...scores, ...scores, ...scores], { calm: 2, limit })
        expect(Math.max(...levels)).toBeLessThanOrEqual(threshold.level * limit)
        expect(Math.min(...levels)).toBeGreaterThanOrEqual(threshold.level / limit)
      }),
      { numRuns: 50, seed: 2 },
    )
  })

  it('learns nothing from flagged samples: how high they are does not matter', () => {
    fc.assert(
      fc.property(streams, scores => {
        const levels = levelsOf(threshold, scores, { calm: 5, limit: 2 })
        const higher = scores.map((score, i) => (flaggedBy(score, levels[i]) ? 3 * score : score))
        expect(levelsOf(threshold, higher, { calm: 5, limit: 2 })).toEqual(levels)
      }),
      { numRuns: 50, seed: 3 },
    )
  })

  it('passes over samples without a score', () => {
    const scores = Array.from(exponential(200, 4))
    const holed = scores.flatMap(score => [score, Number.NaN])
    const levels = levelsOf(threshold, holed, { calm: 5, limit: 2 })
    expect(levels.filter((_, i) => i % 2 === 0)).toEqual(levelsOf(threshold, scores, { calm: 5, limit: 2 }))
  })

  it('goes on from its state at any score as if nothing had happened', () => {
    fc.assert(
      fc.property(streams, fc.double({ min: 0, max: 1, noNaN: true }), (scores, share) => {
        const options = { calm: 4, limit: 2 }
        const cut = Math.floor(share * scores.length)
        const first = followLevel(threshold, options)
        const levels = scores.slice(0, cut).map(score => first.next(score))
        const state = first.state()
        const saved = { ...state, options: JSON.parse(JSON.stringify(state.options)) }
        const rest = scores.slice(cut)
        // What goes on afterwards does not reach into the state.
        rest.forEach(first.next)
        const second = followLevel(threshold, options, saved)
        levels.push(...rest.map(score => second.next(score)))
        expect(levels).toEqual(levelsOf(threshold, scores, options))
        expect(second.adaptation()).toEqual(first.adaptation())
      }),
      { numRuns: 50, seed: 4 },
    )
  })

  it('refuses the state of another', () => {
    const state = followLevel(threshold, { calm: 5, limit: 2 }).state()
    for (const other of [
      { ...state, kind: 'online:other' },
      { ...state, version: 2 },
      { ...state, options: {} },
    ])
      expect(() => followLevel(threshold, { calm: 5, limit: 2 }, other)).toThrow(
        expect.objectContaining({ code: 'state-unfit' }),
      )
  })

  it('says how far it went', () => {
    const follower = followLevel(threshold, { calm: 5, limit: 2 })
    const levels = Array.from(exponential(3000, 5), score => follower.next(1.3 * score))
    const told = follower.adaptation()
    expect(told).toMatchObject({ startLevel: threshold.level, limit: 2 })
    expect(told.moves).toBeGreaterThan(0)
    expect(told.learned).toBeGreaterThanOrEqual(told.moves)
    expect(told.lowestLevel).toBeLessThanOrEqual(Math.min(...levels))
    expect(told.highestLevel).toBeGreaterThanOrEqual(Math.max(...levels))
    expect(follower.next(Number.NaN)).toBe(told.endLevel)
  })
})

describe('a level that follows', () => {
  const n = 20_000
  const shareFlagged = (scores: Float32Array, levels: readonly number[], from: number, to: number) =>
    scores.subarray(from, to).filter((score, i) => flaggedBy(score, levels[from + i])).length / (to - from)

  it('takes up a lasting benign shift within its bound', () => {
    const scores = exponential(n, 6).map((score, i) => (i < 2000 ? score : 1.6 * score))
    const levels = levelsOf(RULES.rolling, scores, { calm: 10, limit: 2 })
    expect(shareFlagged(scores, levels, 2000, 3000)).toBeGreaterThan(0.006)
    expect(shareFlagged(scores, levels, n - 8000, n)).toBeLessThan(0.003)
  })

  it.each(Object.keys(RULES))('flags a fault that grows slowly, whatever it has learned: %s', name => {
    // From normal to twelve times as loud over the whole series, then staying there.
    const scores = exponential(n, 7).map((score, i) => score * (1 + 11 * Math.min(1, i / (n / 2))))
    const limit = 2
    const levels = levelsOf(RULES[name], scores, { calm: 10, limit })
    const beyond = Array.from(scores.keys()).filter(i => scores[i] > limit * RULES[name].level)
    expect(beyond.length).toBeGreaterThan(1000)
    expect(beyond.every(i => flaggedBy(scores[i], levels[i]))).toBe(true)
    expect(shareFlagged(scores, levels, n / 2, n)).toBeGreaterThan(0.2)
  })
})
