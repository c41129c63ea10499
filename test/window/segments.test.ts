import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Interval } from '../../src/core/frame.js'
import { clipSegments, splitAt, windowCount, windowStarts } from '../../src/window/index.js'

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

describe('windows inside segments', () => {
  it('are those that a walk over all samples finds', () => {
    fc.assert(
      fc.property(problem, ({ segments, window, stride }) => {
        expect(Array.from(windowStarts(segments, window, stride))).toEqual(
          naiveStarts(segments, window, stride),
        )
      }),
      { seed: 1 },
    )
  })

  it('are the plain windows of a series without a gap', () => {
    const starts = windowStarts([{ start: 0, end: 100 }], 30, 7)
    expect(starts).toHaveLength(windowCount(100, 30, 7))
    expect(Array.from(starts.subarray(0, 3))).toEqual([0, 7, 14])
  })

  it('never span a break', () => {
    const breaks = fc
      .uniqueArray(fc.integer({ min: 1, max: 79 }), { maxLength: 8 })
      .map(at => at.sort((a, b) => a - b))
    fc.assert(
      fc.property(breaks, sizes.window, (at, window) => {
        for (const start of windowStarts(splitAt(80, at), window, 1))
          expect(at.some(edge => edge > start && edge < start + window)).toBe(false)
      }),
      { seed: 1 },
    )
  })
})

describe('segments', () => {
  it('are cut to a part and counted from its first sample', () => {
    const segments = splitAt(10, [4])
    expect(clipSegments(segments, { start: 4, end: 10 })).toEqual([{ start: 0, end: 6 }])
    expect(clipSegments(segments, { start: 2, end: 5 })).toEqual([
      { start: 0, end: 2 },
      { start: 2, end: 3 },
    ])
  })

  it('leave nothing out and overlap nowhere', () => {
    expect(splitAt(5, [])).toEqual([{ start: 0, end: 5 }])
    expect(splitAt(0, [])).toEqual([])
    expect(splitAt(5, [0, 5, 9])).toEqual([{ start: 0, end: 5 }])
  })
})
