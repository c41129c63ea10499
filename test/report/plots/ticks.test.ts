import { describe, expect, it } from 'vitest'
import { logTicks, roundTicks } from '../../../src/report/plots/ticks.js'

const values = (from: number, to: number, most = 8) =>
  logTicks(Math.log10(from), Math.log10(to), most).map(tick => Number((10 ** tick).toPrecision(4)))

describe('logTicks', () => {
  it('are powers of ten, and round values between them where these are few', () => {
    expect(values(0.02, 300)).toEqual([0.1, 1, 10, 100])
    expect(values(0.3, 40)).toEqual([0.5, 1, 2, 5, 10, 20])
    expect(values(0.25, 40, 5)).toEqual([0.3, 1, 3, 10, 30])
    expect(values(0.1, 20, 3)).toEqual([0.1, 1, 10])
    expect(values(2, 7)).toEqual([2, 5])
  })

  it('are every second or third power where many would not fit', () => {
    expect(values(1e-4, 1e6, 6)).toEqual([1e-4, 0.01, 1, 100, 1e4, 1e6])
  })

  it('are those of a linear scale within less than a step', () => {
    expect(values(1.1, 1.8, 4)).toEqual([1.2, 1.4, 1.6, 1.8])
  })
})

describe('roundTicks', () => {
  it('are round and inside the range', () => {
    expect(roundTicks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10])
    expect(roundTicks(-0.13, 0.31, 4)).toEqual([0, 0.2])
    expect(roundTicks(3, 3, 4)).toEqual([3])
  })
})
