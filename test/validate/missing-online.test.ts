import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { prepareOnline } from '../../src/validate/index.js'

const reading = (first: number, values: readonly number[]): Frame => ({
  timeMs: Float64Array.from(values, (_, i) => 1000 * (first + i)),
  timeKind: 'utc',
  values: Float64Array.from(values),
  channels: ['a'],
})

// That it gives the bits of the whole, for any cut, is a law of test/pipeline/detect-stream.test.ts.
describe('prepareOnline', () => {
  it('lets a missing reading wait for the next one, for at most maxGap samples', () => {
    const preparation = prepareOnline(['a'], { missing: 'linear', maxGap: 2 }, undefined, 1000)
    const decided = (first: number, ...values: number[]) => {
      const part = preparation.push(reading(first, values))
      return part && [...part.frame.values.subarray(part.from, part.to)]
    }
    expect(decided(0, 1, Number.NaN)).toEqual([1])
    expect(decided(2, Number.NaN)).toBeUndefined()
    expect(decided(3, 4)).toEqual([2, 3, 4])
    expect(decided(4, Number.NaN, Number.NaN, Number.NaN)).toEqual([Number.NaN, Number.NaN, Number.NaN])
  })

  it('refuses a masked channel that keeps more readings waiting than fit', () => {
    const preparation = prepareOnline(['a'], { missing: 'mask', maxGap: 2 }, undefined, 1000, 3)
    preparation.push(reading(0, [1, Number.NaN, Number.NaN, Number.NaN]))
    expect(() => preparation.push(reading(4, [Number.NaN]))).toThrow(/for 4 samples.*mask.*next reading/)
  })

  it('names a missing reading by its number in the series', () => {
    const preparation = prepareOnline(['a'], { missing: 'error', maxGap: 2 }, undefined, 1000)
    preparation.push(
      reading(
        0,
        Array.from({ length: 10 }, () => 1),
      ),
    )
    expect(() => preparation.push(reading(10, [1, Number.NaN]))).toThrow(/line 11, column a/)
  })
})
