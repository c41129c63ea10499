import { describe, expect, it } from 'vitest'
import { largestBatch, windowMemory } from '../../src/window/index.js'

const MB = 2 ** 20
const shape = { samples: 100_000, channels: 10, window: 200 }

describe('memory of windows', () => {
  it('is that of the original system for copied windows: 99801 windows, 761 MB', () => {
    const { windows, copiedBytes, viewBytes, ratio } = windowMemory(shape, 256)
    expect(windows).toBe(99_801)
    expect(copiedBytes / MB).toBeCloseTo(761.4, 1)
    expect(ratio).toBeCloseTo(copiedBytes / viewBytes)
    expect(ratio).toBeGreaterThan(90)
  })

  it('follows the stride and the width of a number', () => {
    const half = windowMemory({ ...shape, stride: 2 }, 1)
    expect(half.windows).toBe(49_901)
    expect(windowMemory({ ...shape, bytesPerValue: 8 }, 1).copiedBytes).toBe(
      2 * windowMemory(shape, 1).copiedBytes,
    )
  })

  it('is none for a series shorter than a window', () => {
    expect(windowMemory({ ...shape, samples: 100 }, 64)).toMatchObject({ windows: 0, copiedBytes: 0 })
  })
})

describe('the largest batch', () => {
  it('takes 70 % of what the series leaves, from 1 to 2048', () => {
    const perWindow = 200 * 10 * 4
    const data = 2 * 100_000 * 10 * 4
    expect(largestBatch(shape, data + (100 * perWindow) / 0.7 + 1)).toBe(100)
    expect(largestBatch(shape, 1e12)).toBe(2048)
  })

  it('is 0 when the data alone do not fit', () => {
    expect(largestBatch(shape, MB)).toBe(0)
  })

  it('counts what a window costs a network', () => {
    const available = 64 * MB
    expect(largestBatch(shape, available, 80_000)).toBeLessThan(largestBatch(shape, available, 20_000))
  })
})
