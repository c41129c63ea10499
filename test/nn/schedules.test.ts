import { describe, expect, it } from 'vitest'
import { learningRateFactor } from '../../src/nn/index.js'
import { countPlateaus } from '../../src/nn/schedules.js'

describe('schedules of the learning rate', () => {
  it('constant stays', () => {
    expect(learningRateFactor('constant', 0.7, 3)).toBe(1)
  })

  it('cosine falls from 1 over a half to a hundredth', () => {
    const at = (progress: number) => learningRateFactor('cosine', progress, 0)
    expect([at(0), at(1)]).toEqual([1, 0.01])
    expect(at(0.5)).toBeCloseTo(0.505)
    expect(at(0.4)).toBeGreaterThan(at(0.6))
  })

  it('reduce-on-plateau halves with each plateau', () => {
    expect([0, 1, 2].map(plateaus => learningRateFactor('reduce-on-plateau', 0, plateaus))).toEqual([
      1, 0.5, 0.25,
    ])
  })

  it('a plateau is four epochs without a better one, and the count begins anew after it', () => {
    const epochs = (text: string) => countPlateaus([...text].map(letter => letter === 'b'))
    expect(epochs('b...b...b')).toBe(0)
    expect(epochs('b....')).toBe(1)
    expect(epochs('b.......')).toBe(1)
    expect(epochs('b........')).toBe(2)
  })
})
