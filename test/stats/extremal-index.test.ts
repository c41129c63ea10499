import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { extremalClustering, quantile } from '../../src/stats/index.js'

/** Max-autoregressive process X_i = max((1 - theta) X_(i-1), theta Z_i), Z unit Frechet: its extremal index is theta. */
function maxAutoregressive(theta: number, n: number, seed: number): Float64Array {
  const random = createRandom(seed)
  const frechet = () => -1 / Math.log(1 - random.uniform())
  let x = frechet()
  return Float64Array.from({ length: n }, () => (x = Math.max((1 - theta) * x, theta * frechet())))
}

describe('extremalClustering', () => {
  it.each([0.2, 0.5, 1])('finds the known index %f of a max-autoregressive process', theta => {
    const scores = maxAutoregressive(theta, 40_000, 1)
    expect(Math.abs(extremalClustering(scores, quantile(scores, 0.98)).index - theta)).toBeLessThan(0.1)
  })

  it('separates clusters by a gap that lies between theirs and those inside', () => {
    const scores = new Float64Array(2000)
    for (let i = 50; i < 2000; i += 200) for (const k of [0, 2, 3, 7]) scores[i + k] = 1
    const { gap } = extremalClustering(scores, 0.5)
    expect(gap).toBeGreaterThanOrEqual(3)
    expect(gap).toBeLessThan(192)
  })

  it('takes NaN as time that did not pass', () => {
    const scores = maxAutoregressive(0.5, 4000, 2)
    const level = quantile(scores, 0.95)
    const gap = [...scores.subarray(0, 1500), ...new Array(5000).fill(Number.NaN), ...scores.subarray(1500)]
    expect(extremalClustering(gap, level)).toEqual(extremalClustering(scores, level))
  })

  it('is 1 when there is nothing to see', () => {
    expect(extremalClustering([], 0)).toEqual({ index: 1, gap: 0 })
    expect(extremalClustering([0, 2, 0], 1)).toEqual({ index: 1, gap: 0 })
  })
})
