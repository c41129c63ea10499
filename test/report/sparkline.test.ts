import { describe, expect, it } from 'vitest'
import { sparkline } from '../../src/report/index.js'

describe('a line of small bars', () => {
  it('spans the range of its numbers and leaves a space where there is none', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█')
    expect(sparkline([5, null, -5])).toBe('█ ▁')
  })

  it('averages what does not fit', () => {
    expect(sparkline([0, 0, 7, 7, null, null], 3)).toBe('▁█ ')
  })

  it('is flat for equal numbers, empty for none, and stays finite at the ends of the range', () => {
    expect(sparkline([3, 3])).toBe('▁▁')
    expect(sparkline([])).toBe('')
    expect(sparkline([-1.7e308, 1.7e308])).toBe('▁█')
  })
})
