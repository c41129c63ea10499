import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTimeText } from '../../src/emit/times.js'

it('writes any time of the calendar as Date does, in any order', () => {
  const text = createTimeText('utc')
  const near = fc.integer({ min: -90_000_000, max: 90_000_000 })
  const far = fc.double({ min: -8.64e15, max: 8.64e15, noNaN: true })
  fc.assert(
    fc.property(fc.oneof(near, far), time => {
      expect(text(time)).toBe(new Date(time).toISOString())
    }),
    { seed: 2, numRuns: 2000 },
  )
})
