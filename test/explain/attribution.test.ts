import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { shapleyValues } from '../../src/explain/index.js'

/** A game with an interaction: 3 for channel 0, 1 for channel 1, and 2 more when 1 and 2 are both there; -1 for channel 3. */
const game = (kept: readonly number[]) => {
  const has = (c: number) => (kept.includes(c) ? 1 : 0)
  return 0.5 + 3 * has(0) + has(1) + 2 * has(1) * has(2) - has(3)
}

describe('Shapley values', () => {
  it('are exact for a game whose interactions are of two channels, because each order comes with its reverse', async () => {
    const values = await shapleyValues(game, 4, 1, createRandom(1))
    for (const [c, wanted] of [3, 2, 1, -1].entries()) expect(values[c]).toBeCloseTo(wanted, 12)
  })

  it('add up to the score minus that of the baseline, whatever the number of permutations', async () => {
    const product = (kept: readonly number[]) => kept.reduce((value, c) => value * (1.5 + c), 1)
    const values = await shapleyValues(product, 4, 3, createRandom(7))
    const sum = values.reduce((total, value) => total + value, 0)
    expect(sum).toBeCloseTo(product([0, 1, 2, 3]) - product([]), 10)
  })

  it('are positive for what raises the score and negative for what lowers it', async () => {
    const values = await shapleyValues(game, 4, 2, createRandom(2))
    expect(Array.from(values, Math.sign)).toEqual([1, 1, 1, -1])
  })
})
