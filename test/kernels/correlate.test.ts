import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { createKernels } from '../../src/kernels/index.js'
import { BUILDS } from './twins.js'

describe.each(BUILDS)('correlation in the %s build', build => {
  const kernels = createKernels({ bytes: 1 << 20, build })
  const doubles = (length: number) => {
    const { buffer, byteOffset } = kernels.alloc(2 * length)
    return new Float64Array(buffer, byteOffset, length)
  }
  const random = createRandom(5)
  const pool = doubles(300).map(() => random.normal())
  const x = doubles(300)
  x.set(pool)
  const weights = doubles(40)
  weights.set(weights.map(() => random.normal()))
  const out = doubles(101)

  it('has the bits of one sum after the other, from every place and of every length', () => {
    for (let n = 0; n <= 40; n++) {
      for (const taps of [1, 2, 7, 40]) {
        for (const offset of [0, 1, 2]) {
          out.fill(7)
          kernels.correlate(out.subarray(offset), x.subarray(offset), weights, n, taps)
          const expected = Array.from({ length: n }, (_, i) => {
            let sum = 0
            for (let d = 0; d < taps; d++) sum += weights[d] * x[offset + i + d]
            return sum
          })
          expect(Array.from(out.subarray(offset, offset + n))).toEqual(expected)
          expect([...out.subarray(0, offset), out[offset + n]].every(value => value === 7)).toBe(true)
        }
      }
    }
  })

  it('passes NaN and infinity on to the sums that they are part of, and to no other', () => {
    const series = doubles(20)
    series.set(Array.from({ length: 20 }, (_, i) => (i === 5 ? Number.NaN : i === 14 ? 1 / 0 : 1)))
    weights.fill(1, 0, 3)
    kernels.correlate(out, series, weights, 18, 3)
    expect(Array.from(out.subarray(0, 18))).toEqual(
      Array.from({ length: 18 }, (_, i) => (i >= 3 && i <= 5 ? Number.NaN : i >= 12 && i <= 14 ? 1 / 0 : 3)),
    )
  })
})
