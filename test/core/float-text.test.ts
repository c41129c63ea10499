import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { floatText } from '../../src/core/float-text.js'

/** The shortest of the texts with 1 to 9 digits that reads back to the same float32. */
function shortestDigits(x: number): number {
  for (let digits = 1; digits <= 9; digits++)
    if (Math.fround(Number(x.toPrecision(digits))) === x) return digits
  return Number.NaN
}
const digitsOf = (text: string) =>
  text.replace(/e.*$/, '').replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '').length

describe('floatText', () => {
  it.each([
    [0, '0'],
    [1, '1'],
    [0.5, '0.5'],
    [Math.fround(0.1), '0.1'],
    [Math.fround(1 / 3), '0.33333334'],
    [Math.fround(16777217), '16777216'],
    [Math.fround(1e-7), '1e-7'],
    [Number.NaN, ''],
  ])('writes %d as %s', (x, text) => expect(floatText(x)).toBe(text))

  it('reads back to the same float32 and has as few digits as possible', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), x => {
        const text = floatText(x)
        expect(Math.fround(Number(text))).toBe(x + 0)
        if (!Number.isInteger(x)) expect(digitsOf(text)).toBeLessThanOrEqual(shortestDigits(x))
      }),
      { seed: 1, numRuns: 3000 },
    )
  })
})
