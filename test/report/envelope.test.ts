import { describe, expect, it } from 'vitest'
import { envelope } from '../../src/report/envelope.js'

const frame = (values: readonly number[]) => ({
  timeMs: Float64Array.from(values, (_, i) => i),
  timeKind: 'index' as const,
  values: Float64Array.from(values),
  channels: ['a'],
})

describe('envelope', () => {
  it('keeps a single spike among many readings', () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i === 777 ? 50 : i % 2))
    const { low, high } = envelope(frame(values), 0, 10)
    expect(high).toEqual([1, 1, 1, 1, 1, 1, 1, 50, 1, 1])
    expect(low).toEqual(Array(10).fill(0))
  })

  it('is null where nothing finite was read, and no longer than the series', () => {
    const nothing = [Number.NaN, Number.POSITIVE_INFINITY, 3]
    expect(envelope(frame(nothing), 0, 180)).toEqual({ low: [null, null, 3], high: [null, null, 3] })
    expect(envelope(frame([]), 0, 180)).toEqual({ low: [], high: [] })
  })
})
