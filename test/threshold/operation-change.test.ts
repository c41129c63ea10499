import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { clusterCount, countInterval } from '../../src/stats/index.js'
import { alarmBudgetThreshold } from '../../src/threshold/index.js'
import { afterChange, USUAL_CHANGE } from '../../src/threshold/operation-change.js'

const poisson = (_: unknown, mean: number) => ({ mean, variance: mean })

describe('afterChange', () => {
  it.each([0.3, 4, 60])('covers Poisson counts of mean %d whose rate changes, and hardly more', mean => {
    const { low, high } = countInterval(afterChange([{ mean, weight: 1 }], 1, poisson), 0.95)
    const random = createRandom(3)
    const counts = Array.from({ length: 20_000 }, () => {
      const changed = mean * Math.exp(random.normal())
      const wait = () => -Math.log(1 - random.uniform())
      let count = 0
      for (let passed = wait(); passed < changed; passed += wait()) count++
      return count
    })
    const share = (inside: (count: number) => boolean) => counts.filter(inside).length / counts.length
    expect(share(count => count >= low && count <= high)).toBeGreaterThan(0.945)
    // Counts are whole numbers: without either end less than the probability is covered.
    expect(share(count => count > low && count <= high)).toBeLessThan(0.98)
    expect(share(count => count >= low && count < high)).toBeLessThan(0.98)
  })

  it('without a change is the mixture itself', () => {
    const mixture = [2, 2.1, 7, 0].map(mean => ({ mean, variance: 1.5 * mean, weight: 0.25 }))
    const overdispersed = (_: unknown, mean: number) => ({ mean, variance: 1.5 * mean })
    const joined = afterChange(mixture, 0, overdispersed)
    expect(joined.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12)
    expect(countInterval(joined, 0.9)).toEqual(countInterval(mixture, 0.9))
  })

  it('joins many possibilities of a large mean to few', () => {
    const mixture = Array.from({ length: 600 }, (_, i) => ({ mean: 1000 + i, weight: 1 / 600 }))
    expect(afterChange(mixture, 1, poisson).length).toBeLessThan(80)
  })
})

describe('the interval of an alarm budget', () => {
  const random = createRandom(1)
  const scores = Float32Array.from({ length: 30_000 }, () => random.normal())
  const budget = (operationChange?: number) =>
    alarmBudgetThreshold(1, { cadenceMs: 300_000, operationChange }).fit(scores)

  it('allows for changes of operation unless there are none; the level does not', () => {
    const [usual, none] = [budget(), budget(0)]
    expect(usual).toMatchObject({ level: none.level })
    expect(usual.expectedAlarms).toEqual(budget(USUAL_CHANGE).expectedAlarms)
    expect(usual.expectedAlarms.low).toBeLessThan(none.expectedAlarms.low / 3)
    expect(usual.expectedAlarms.high).toBeGreaterThan(3 * none.expectedAlarms.high)
  })

  it('holds a machine whose scores become somewhat louder', () => {
    const { level, expectedAlarms } = budget()
    const days = scores.length / 288
    const louder = scores.map(score => 1.1 * score)
    const alarms = clusterCount(louder, level, { mergeGap: 5, minLength: 1 }) / days
    expect(alarms).toBeGreaterThan(budget(0).expectedAlarms.high)
    expect(alarms).toBeLessThanOrEqual(expectedAlarms.high)
  })
})
