import { describe, expect, it } from 'vitest'
import { linearScale, linePath, timeTicks } from '../../../src/report/plots/axes.js'

describe('ticks', () => {
  it('of times are whole hours and days', () => {
    const day = Date.UTC(2024, 4, 1)
    expect(timeTicks(day + 60_000, day + 7 * 3_600_000, 'utc', 3)).toEqual([
      { at: day + 3 * 3_600_000, label: '03:00' },
      { at: day + 6 * 3_600_000, label: '06:00' },
    ])
    expect(timeTicks(day, day + 86_400_000, 'utc', 1)[0].label).toBe('05-01')
    const berlin = (time: number) => time + 2 * 3_600_000
    expect(timeTicks(day + 60_000, day + 5 * 3_600_000, 'utc', 3, berlin)).toEqual([
      { at: day + 3_600_000, label: '03:00' },
      { at: day + 4 * 3_600_000, label: '06:00' },
    ])
    expect(timeTicks(0, 10, 'index', 2).map(({ label }) => label)).toEqual(['0', '5', '10'])
  })
})

describe('a line', () => {
  it('keeps the peak of a million samples, and its path is short', () => {
    const values = new Float32Array(1_000_000)
    values[567_891] = 9
    const x = linearScale(0, values.length, 0, 900)
    const path = linePath(values, x, value => value)
    expect(path).toMatch(/V9(L|$)/)
    expect(path.length).toBeLessThan(20_000)
  })

  it('is interrupted where there is no value', () => {
    const path = linePath(
      [1, 2, Number.NaN, 3],
      i => i * 10,
      value => value,
    )
    expect(path).toBe('M0 1L10 2M30 3')
  })
})

describe('a scale', () => {
  it('is linear, in the middle for a range of no width, and finite for the largest numbers', () => {
    expect(linearScale(0, 10, 100, 0)(2.5)).toBe(75)
    expect(linearScale(5, 5, 0, 100)(5)).toBe(50)
    expect(linearScale(-Number.MAX_VALUE, Number.MAX_VALUE, 0, 100)(0)).toBe(50)
  })
})
