import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Interval } from '../../src/core/frame.js'
import { mapWindows, splitAt } from '../../src/window/index.js'

/** Segments in order, apart or touching. */
const segmentLists = fc
  .array(fc.record({ skip: fc.integer({ min: 0, max: 5 }), length: fc.integer({ min: 1, max: 20 }) }), {
    maxLength: 6,
  })
  .map(parts => {
    let at = 0
    return parts.map(({ skip, length }): Interval => {
      const start = at + skip
      at = start + length
      return { start, end: at }
    })
  })
const sizes = { window: fc.integer({ min: 1, max: 9 }), stride: fc.integer({ min: 1, max: 5 }) }
const problem = fc.record({ segments: segmentLists, ...sizes })

/** Every window, by trying every sample. */
function naiveStarts(segments: readonly Interval[], window: number, stride: number): number[] {
  return segments.flatMap(({ start, end }) => {
    const starts: number[] = []
    for (let i = start; i + window <= end; i++) if ((i - start) % stride === 0) starts.push(i)
    return starts
  })
}

describe('the map of windows', () => {
  it('finds the samples of each window and the windows of each sample, as a search through all would', () => {
    fc.assert(
      fc.property(problem, ({ segments, window, stride }) => {
        const map = mapWindows(segments, window, stride)
        const starts = naiveStarts(segments, window, stride)
        expect(map.count).toBe(starts.length)
        starts.forEach((start, w) => {
          expect(map.samples(w)).toEqual({ start, end: start + window })
        })
        const last = segments.at(-1)?.end ?? 0
        for (let i = 0; i <= last; i++) {
          const holding = starts.flatMap((start, w) => (i >= start && i < start + window ? [w] : []))
          const { start, end } = map.windows(i)
          expect(Array.from({ length: end - start }, (_, k) => start + k)).toEqual(holding)
        }
      }),
    )
  })

  it('knows the times of the first and the last sample of a window', () => {
    const timeMs = Float64Array.of(0, 10, 20, 500, 510, 520)
    const frame = { timeMs, timeKind: 'utc' as const, values: new Float64Array(6), channels: ['a'] }
    const map = mapWindows(splitAt(6, [3]), 2, 1)
    expect(map.times(2, frame)).toEqual({ from: 500, to: 510 })
  })
})
