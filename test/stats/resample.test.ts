import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { resampleBlocks } from '../../src/stats/index.js'

describe('resampleBlocks', () => {
  it('keeps neighbours together within a block, round the end', () => {
    const drawn = resampleBlocks(100, 8, createRandom(1))
    drawn.forEach((sample, i) => {
      if (i % 8 > 0) expect(sample).toBe((drawn[i - 1] + 1) % 100)
    })
  })

  it('draws every sample equally often in the long run', () => {
    const random = createRandom(2)
    const count = new Float64Array(20)
    for (let round = 0; round < 2000; round++)
      for (const sample of resampleBlocks(20, 6, random)) count[sample]++
    for (const times of count) expect(Math.abs(times - 2000)).toBeLessThan(400)
  })

  it('is the same for the same seed and empty for an empty series', () => {
    expect(resampleBlocks(30, 4, createRandom(3))).toEqual(resampleBlocks(30, 4, createRandom(3)))
    expect(resampleBlocks(0, 4, createRandom(3)).length).toBe(0)
  })
})
