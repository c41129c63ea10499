import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { KSWIN_START, kswinStep } from '../../src/drift/index.js'

function run(values: readonly number[]) {
  let state = KSWIN_START
  const changes: number[] = []
  for (const [i, value] of values.entries()) {
    const step = kswinStep(state, value)
    state = step.state
    if (step.change) changes.push(i)
  }
  return { state, changes }
}

describe('kswinStep', () => {
  it('finds a shift of two standard deviations within 60 values', () => {
    const delays = Array.from({ length: 20 }, (_, seed) => {
      const random = createRandom(seed)
      const values = Array.from({ length: 600 }, (_, i) => random.normal() + (i < 300 ? 0 : 2))
      return run(values).changes.find(i => i >= 300)! - 300
    })
    for (const delay of delays) expect(delay).toBeLessThan(60)
  })

  it('raises few false changes: at most 5 in 100 streams of 500 values', () => {
    const alarms = Array.from({ length: 100 }, (_, s) => {
      const random = createRandom(1000 + s)
      return run(Array.from({ length: 500 }, () => random.normal())).changes.length
    })
    expect(alarms.filter(count => count > 0).length).toBeLessThanOrEqual(5)
  })

  it('keeps a window of values, the newest after a change, and no missing ones', () => {
    const { state } = run(Array.from({ length: 250 }, (_, i) => i % 7))
    expect(state.values).toHaveLength(100)
    expect(kswinStep(state, Number.NaN).state.values).toBe(state.values)
    const { state: after, changes } = run(Array.from({ length: 215 }, (_, i) => (i < 200 ? 0 : 9) + (i % 7)))
    expect([changes, after.values.length]).toEqual([[214], 30])
  })
})
