import { describe, expect, it } from 'vitest'
import { erfc } from '../../src/stats/erfc.js'

describe('erfc', () => {
  // scipy.special.erfc
  it.each([
    [0, 1],
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028513],
    [2, 0.004677734981047266],
    [5, 1.5374597944280347e-12],
  ])('of %s is %s within 1.2e-7', (x, wanted) => {
    expect(Math.abs(erfc(x) / wanted - 1)).toBeLessThan(1.2e-7)
  })
})
