import { describe, expect, it } from 'vitest'
import { dominantChannels } from '../../src/explain/dominant.js'

const dominant = (...shares: number[]) => dominantChannels(Float64Array.from(shares))

describe('the dominant channels of a score', () => {
  it('are one with more than three quarters of it', () => {
    expect(dominant(0.05, 0.8, 0.1, 0.05)).toEqual([1])
    expect(dominant(0.1, 0.74, 0.1, 0.06)).toEqual([])
    expect(dominant(1)).toEqual([0])
  })

  it('are several of which each has more than three times what all others have together, the largest first', () => {
    expect(dominant(0.45, 0.02, 0.5, 0.03)).toEqual([2, 0])
    expect(dominant(0.3, 0.02, 0.35, 0.3, 0.01, 0.02)).toEqual([2, 0, 3])
    expect(dominant(0.4, 0.2, 0.38, 0.02)).toEqual([])
  })

  it('are none where more than half of the channels would be, or more than three', () => {
    expect(dominant(0.5, 0.5, 0)).toEqual([])
    expect(dominant(0.25, 0.25, 0.25, 0.25, 0, 0, 0, 0, 0)).toEqual([])
    expect(dominant(0, 0, 0)).toEqual([])
  })
})
