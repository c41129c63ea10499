import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { spacedSamples } from '../../src/explain/spaced-samples.js'

const EMPTY: Frame = {
  timeMs: new Float64Array(0),
  timeKind: 'index',
  values: new Float64Array(0),
  channels: ['a', 'b'],
}
const samples = (from: number, to: number): Frame => {
  const timeMs = Float64Array.from({ length: to - from }, (_, i) => from + i)
  return { ...EMPTY, timeMs, values: Float64Array.from([...timeMs].flatMap(time => [10 * time, -time])) }
}

/** An event from 1000 to `end` that is not settled, in pushes of `length`. */
function filled(end: number, length: number) {
  const spaced = spacedSamples(EMPTY, 96)
  for (let at = 0; at < end; at += length) {
    const to = Math.min(end, at + length)
    spaced.push(samples(at, to), at, Math.min(to, 1000))
  }
  return spaced
}

describe('spaced samples', () => {
  it('are all of an event of 320 samples, and at least 160 of a longer one, evenly spaced', () => {
    expect(filled(1320, 10).within(1000, 1320)).toMatchObject({
      frame: samples(1000, 1320),
      stride: 1,
    })
    for (const end of [1321, 2000, 5000, 100_000]) {
      const { frame, stride } = filled(end, 10).within(1000, end)
      const [first, second] = frame.timeMs
      expect(first).toBeLessThan(1000 + stride)
      expect(second - first).toBe(stride)
      expect(frame.timeMs.length).toBeGreaterThanOrEqual(160)
      expect(frame.timeMs.length).toBeLessThanOrEqual(320)
      expect(frame.timeMs.at(-1)).toBeGreaterThanOrEqual(end - stride)
      expect([...frame.values.subarray(2, 4)]).toEqual([10 * second, -second])
    }
  })

  it('are the same however they came', () => {
    const one = filled(9000, 1).within(1000, 9000)
    for (const length of [7, 500, 9000]) expect(filled(9000, length).within(1000, 9000)).toEqual(one)
  })

  it('are the same of a short event after a long time that is not settled, and of one whose end lies back', () => {
    for (const [start, end] of [
      [8700, 9000],
      [8300, 8600],
      [5000, 8600],
    ]) {
      const one = filled(9000, 1).within(start, end)
      expect(one.frame.timeMs.length).toBe(
        Math.floor((end - 1) / one.stride) - Math.ceil(start / one.stride) + 1,
      )
      for (const length of [7, 500, 9000]) expect(filled(9000, length).within(start, end)).toEqual(one)
    }
  })

  it('are few, whatever the number that came, and none of what is settled', () => {
    const spaced = filled(50_000, 10)
    // 49,096 samples are not settled, which is 768 doubled six times.
    expect(spaced.state().arrays.numbers.data.length).toBeLessThanOrEqual(768 + 6 * 384 + 2)
    spaced.push(samples(50_000, 50_010), 50_000, 50_010)
    spaced.push(samples(50_010, 50_020), 50_010, 50_020)
    expect(spaced.state().arrays.numbers.data[0]).toBeGreaterThanOrEqual(50_010 - 96)
  })

  it('continue from their state', () => {
    const spaced = filled(3000, 10)
    const other = spacedSamples(EMPTY, 96, spaced.state())
    for (const one of [spaced, other]) one.push(samples(3000, 3100), 3000, 1000)
    expect(other.within(1000, 3100)).toEqual(spaced.within(1000, 3100))
    expect(other.state()).toEqual(spaced.state())
  })
})
