import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { select } from '../../src/stats/select.js'

describe('select', () => {
  it('puts the value there that sorting puts there, none larger before it and none smaller after it', () => {
    // Sorting as text and as numbers disagree about the order of -0 and 0.
    const reading = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.double({ noNaN: true }).map(value => value + 0),
    )
    const numbers = fc.array(reading, { minLength: 1 })
    fc.assert(
      fc.property(numbers, fc.nat(), (all, k) => {
        const values = Float64Array.from(all)
        const place = k % values.length
        const wanted = values.slice().sort()[place]
        select(values, place)
        expect(values[place] === wanted).toBe(true)
        expect(values.subarray(0, place).every(value => value <= wanted)).toBe(true)
        expect(values.subarray(place).every(value => value >= wanted)).toBe(true)
        expect([...values].sort()).toEqual([...all].sort())
      }),
      { seed: 1 },
    )
  })
})
