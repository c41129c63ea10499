import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatDuration,
  formatInstant,
  formatNumber,
  formatPercent,
} from '../../src/report/index.js'

describe('units', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1500, '1.5 s'],
    [59_999, '1 min'],
    [192_000, '3 min 12 s'],
    [3_600_000, '1 h'],
    [90_061_000, '1 d 1 h'],
    [Number.NaN, '-'],
  ])('writes %d ms as %s', (durationMs, text) => expect(formatDuration(durationMs)).toBe(text))

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [5_800_000, '5.8 MB'],
  ])('writes %d bytes as %s', (sizeBytes, text) => expect(formatBytes(sizeBytes)).toBe(text))

  it('writes a dash for what is no number', () => {
    expect(formatNumber(Number.NaN)).toBe('-')
    expect(formatPercent(Number.NaN)).toBe('-')
  })

  it('writes times in UTC and row numbers as they are', () => {
    expect(formatInstant(1500, 'utc')).toBe('1970-01-01T00:00:01.500Z')
    expect(formatInstant(0, 'utc')).toBe('1970-01-01T00:00:00Z')
    expect(formatInstant(1500, 'index')).toBe('1500')
  })
})
