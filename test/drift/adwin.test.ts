import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { ADWIN_START, adwinStep } from '../../src/drift/index.js'

function run(values: readonly number[], options = {}) {
  let state = ADWIN_START
  const changes: number[] = []
  for (const [i, value] of values.entries()) {
    const step = adwinStep(state, value, options)
    state = step.state
    if (step.change) changes.push(i)
  }
  return { state, changes }
}
const noise = (seed: number, count: number, mean = 0) => {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => mean + random.normal())
}

describe('adwinStep', () => {
  it('knows count, mean and variance of its window exactly, in memory that grows with the logarithm', () => {
    const values = noise(1, 5000)
    const { state, changes } = run(values)
    expect(changes).toEqual([])
    expect(state.buckets.reduce((sum, [, , count]) => sum + count, 0)).toBe(5000)
    const sum = values.reduce((total, value) => total + value, 0)
    expect(state.buckets.reduce((total, [own]) => total + own, 0)).toBeCloseTo(sum, 8)
    expect(state.buckets.length).toBeLessThan(5 * (Math.log2(5000) + 2))
  })

  it('raises few false changes: below 1 in 100 streams of 1,000 values', () => {
    const alarms = Array.from({ length: 100 }, (_, s) => run(noise(100 + s, 1000)).changes.length)
    expect(alarms.filter(count => count > 0).length).toBeLessThanOrEqual(1)
  })

  it('finds a shift of one standard deviation within 200 values, and forgets what was before', () => {
    const found = Array.from({ length: 20 }, (_, s) => {
      const { state, changes } = run([...noise(s, 1000), ...noise(1000 + s, 1000, 1)])
      const [sum, count] = state.buckets.reduce(([a, n], [own, , k]) => [a + own, n + k], [0, 0])
      expect(sum / count).toBeGreaterThan(0.7)
      return changes[0] - 1000
    })
    for (const delay of found) {
      expect(delay).toBeGreaterThanOrEqual(0)
      expect(delay).toBeLessThan(200)
    }
  })

  it('is not changed by missing values', () => {
    expect(adwinStep(ADWIN_START, Number.NaN)).toEqual({ state: ADWIN_START, change: false })
  })
})
