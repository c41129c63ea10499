import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { addGram, windowGram } from '../../src/detect/gram.js'

function naive(values: Float32Array, channels: number, steps: number, start: number, end: number) {
  const size = steps * channels + 1
  const sums = new Float64Array(size * size)
  for (let t = start; t < end; t++) {
    const v = Array.from({ length: size - 1 }, (_, r) => {
      const lag = Math.floor(r / channels)
      return values[(t - lag) * channels + (r % channels)]
    })
    v.push(1)
    v.forEach((x, i) => {
      v.forEach((y, j) => {
        sums[i * size + j] += x * y
      })
    })
  }
  return sums
}

describe('windowGram', () => {
  it.each([
    [1, 1, 0, 30],
    [1, 4, 3, 30],
    [3, 1, 0, 30],
    [3, 5, 7, 28],
    [2, 3, 10, 11],
  ])(
    'equals the sum of outer products: %i channels, %i steps, samples %i to %i',
    async (channels, steps, start, end) => {
      const random = createRandom(1)
      const values = Float32Array.from({ length: 30 * channels }, () => random.normal())
      const { sums } = await windowGram(values, channels, steps, { start, end }, {})
      const wanted = naive(values, channels, steps, start, end)
      expect(sums).toHaveLength(wanted.length)
      wanted.forEach((sum, i) => {
        expect(sums[i]).toBeCloseTo(sum, 8)
      })
    },
  )

  it('adds over parts', async () => {
    const random = createRandom(2)
    const values = Float32Array.from({ length: 40 }, () => random.normal())
    const part = (start: number, end: number) => windowGram(values, 2, 3, { start, end }, {})
    const whole = (await part(2, 20)).sums
    const sum = addGram(await part(2, 9), await part(9, 20), 1).sums
    whole.forEach((value, i) => {
      expect(sum[i]).toBeCloseTo(value, 9)
    })
  })
})
