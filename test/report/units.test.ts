import { describe, expect, it } from 'vitest'
import { formatBytes, formatInstant, formatNumber, formatPercent } from '../../src/report/index.js'

describe('units', () => {
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
