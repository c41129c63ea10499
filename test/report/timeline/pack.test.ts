import { describe, expect, it } from 'vitest'
import { halfValue, unpack } from '../../../browser/packed.js'
import { createRandom } from '../../../src/core/random.js'
import { halfBits, packDoubles, packFloats, packHalves } from '../../../src/report/timeline/pack.js'

describe('half precision', () => {
  it('gives back every half that there is', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      if (((bits >> 10) & 0x1f) === 0x1f) continue
      expect(halfBits(halfValue(bits))).toBe(bits)
    }
  })

  it('has the published values of IEEE 754', () => {
    expect([1, -2, 65504, 2 ** -14, 2 ** -24, 1 / 3].map(halfBits)).toEqual([
      0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x3555,
    ])
    expect(halfValue(halfBits(Number.NaN))).toBeNaN()
    expect(halfValue(halfBits(1e9))).toBe(65504)
  })
})

describe('packed numbers', () => {
  const random = createRandom(3)
  const values = Float32Array.from({ length: 500 }, () => 101_325 + 0.5 * random.normal())
  values[7] = Number.NaN
  values[9] = 1e9

  it('come back as they were in float32 and float64', () => {
    expect(unpack(packFloats(values))).toEqual(values)
    const doubles = Float64Array.from(values)
    expect(unpack(packDoubles(doubles))).toEqual(doubles)
  })

  it('come back from 16 bits to 0.05 % of their distance from the median, beside an outlier and a large offset', () => {
    const got = unpack(packHalves(values))
    values.forEach((value, i) => {
      if (i === 7) expect(got[i]).toBeNaN()
      else if (i !== 9)
        expect(Math.abs(got[i] - value)).toBeLessThan(0.0005 * Math.abs(value - 101_325) + 0.01)
    })
    expect(got[9]).toBeGreaterThan(101_325 + 10_000)
  })

  it('come back where all but a few are equal', () => {
    const still = new Float32Array(100).fill(5)
    still[50] = 6
    expect(unpack(packHalves(still))).toEqual(still)
  })
})
