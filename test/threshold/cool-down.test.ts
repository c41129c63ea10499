import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { cooledRate, uncooledRate } from '../../src/threshold/cool-down.js'

/** Events a day by simulation: each keeps others back for `days`, unless they are critical. */
function simulated(perDay: number, criticalShare: number, days: number): number {
  const random = createRandom(1)
  let time = 0
  let quietUntil = 0
  let events = 0
  while (events < 40_000) {
    time += -Math.log(1 - random.uniform()) / perDay
    if (time < quietUntil && random.uniform() >= criticalShare) continue
    events++
    quietUntil = time + days
  }
  return events / time
}

describe('cooledRate', () => {
  it.each([
    [1, 0, 0],
    [1, 0, 2],
    [3, 0.3, 1],
    [0.1, 0.5, 7],
    [2, 1, 5],
  ])('of %d a day, %d of them critical, and %d days is what a simulation gives', (perDay, share, days) => {
    expect(cooledRate(perDay, perDay * share, days) / simulated(perDay, share, days)).toBeCloseTo(1, 1)
  })

  it('without critical ones is undone by uncooledRate', () => {
    for (const rate of [0.01, 0.1, 0.3]) expect(cooledRate(uncooledRate(rate, 2), 0, 2)).toBeCloseTo(rate, 10)
  })

  it('stays finite at any rate', () => {
    expect(cooledRate(1e9, 1e6, 1e3)).toBeGreaterThan(0)
    expect(cooledRate(1e9, 0, 1)).toBeCloseTo(1, 6)
  })
})
