import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coverCount, splitHistory, windowCount } from '../../src/window/index.js'

const size = fc.record({
  n: fc.integer({ min: 0, max: 80 }),
  length: fc.integer({ min: 1, max: 20 }),
  stride: fc.integer({ min: 1, max: 25 }),
})

describe('windows', () => {
  it('are counted, and cover each sample, as the slow obvious loop says', () => {
    fc.assert(
      fc.property(size, ({ n, length, stride }) => {
        const cover = new Array<number>(n).fill(0)
        let count = 0
        for (let start = 0; start + length <= n; start += stride) {
          count++
          for (let i = start; i < start + length; i++) cover[i]++
        }
        expect(windowCount(n, length, stride)).toBe(count)
        expect(cover.map((_, i) => coverCount(i, n, length, stride))).toEqual(cover)
      }),
      { seed: 1 },
    )
  })
})

describe('splitHistory', () => {
  it('keeps time order, a gap of one window between parts, and at least one window in each', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 3000 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (window, more, validationShare, calibrationShare) => {
          const n = 5 * window + more
          const { train, validation, calibration } = splitHistory(
            n,
            window,
            validationShare,
            calibrationShare,
          )
          expect(train.start).toBe(0)
          expect(validation.start - train.end).toBe(window)
          expect(calibration.start - validation.end).toBe(window)
          expect(calibration.end).toBe(n)
          for (const part of [train, validation, calibration])
            expect(part.end - part.start).toBeGreaterThanOrEqual(window)
        },
      ),
      { seed: 1 },
    )
  })

  it('refuses a history shorter than five windows, saying how many samples it wants', () => {
    expect(() => splitHistory(149, 30, 0.15, 0.2)).toThrow(/149 samples are too few.*150/)
  })
})
