import { describe, expect, it } from 'vitest'
import { formatDuration } from '../../src/core/duration.js'

describe('a duration', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1500, '1.5 s'],
    [20_000, '20 s'],
    [59_999, '1 min'],
    [192_000, '3 min 12 s'],
    [3_600_000, '1 h'],
    [90_061_000, '1 d 1 h'],
    [Number.NaN, '-'],
  ])('of %d ms is written as %s', (durationMs, text) => expect(formatDuration(durationMs)).toBe(text))
})
