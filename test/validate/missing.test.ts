import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleCount } from '../../src/core/frame.js'
import { MISSING_POLICIES, prepareFrame } from '../../src/validate/index.js'
import { anyFrame, bits, frameOf, MINUTE } from './frames.js'

const NONE = Number.NaN
const ramp = (n: number) => Float64Array.from({ length: n }, (_, i) => i)

/** Samples 3 and 4 of `a` are missing. */
const holed = frameOf({ a: [0, 1, 2, NONE, NONE, 5, 6, 7], b: ramp(8) })
const column = (frame: { values: ArrayLike<number> }, c = 0) =>
  Array.from(frame.values).filter((_, at) => at % 2 === c)

describe('policies for missing readings', () => {
  it('error names the first place', () => {
    expect(() => prepareFrame(holed, { missing: 'error', maxGap: 5 })).toThrow(/line 3, column a.*missing/)
    const infinite = frameOf({ a: [1, Number.POSITIVE_INFINITY] })
    expect(() => prepareFrame(infinite, { missing: 'error', maxGap: 5 })).toThrow(/Infinity/)
  })

  it('hold repeats the reading before', () => {
    const { frame, segments, changes } = prepareFrame(holed, { missing: 'hold', maxGap: 5 })
    expect(column(frame)).toEqual([0, 1, 2, 2, 2, 5, 6, 7])
    expect(segments).toEqual([{ start: 0, end: 8 }])
    expect(changes).toEqual([{ kind: 'filled-hold', channel: 'a', count: 2, place: { start: 3, end: 5 } }])
  })

  it('linear lies on the line between both neighbours, in time', () => {
    const timeMs = Float64Array.of(0, 1, 2, 3, 9, 10, 11, 12)
    const { frame } = prepareFrame({ ...holed, timeMs }, { missing: 'linear', maxGap: 50 })
    expect(column(frame)[3]).toBeCloseTo(2 + 3 / 8)
    expect(column(frame)[4]).toBeCloseTo(2 + (3 * 7) / 8)
  })

  it('linear takes the nearest reading at the edges, hold leaves a beginning without one', () => {
    const edges = frameOf({ a: [NONE, 1, 2, NONE], b: ramp(4) })
    expect(column(prepareFrame(edges, { missing: 'linear', maxGap: 5 }).frame)).toEqual([1, 1, 2, 2])
    const held = prepareFrame(edges, { missing: 'hold', maxGap: 5 })
    expect(column(held.frame)).toEqual([NONE, 1, 2, 2])
    expect(held.segments).toEqual([{ start: 1, end: 4 }])
  })

  it('keeps a gap longer than allowed, whole, and cuts there', () => {
    const { frame, segments, changes } = prepareFrame(holed, { missing: 'linear', maxGap: 1 })
    expect(column(frame)).toEqual([0, 1, 2, NONE, NONE, 5, 6, 7])
    expect(segments).toEqual([
      { start: 0, end: 3 },
      { start: 5, end: 8 },
    ])
    expect(changes).toEqual([])
  })

  it('drop leaves the readings and cuts around them', () => {
    const { frame, segments } = prepareFrame(holed, { missing: 'drop', maxGap: 5 })
    expect(bits(frame.values)).toBe(bits(holed.values))
    expect(segments).toHaveLength(2)
  })

  it('mask fills without a limit and marks what it filled', () => {
    const { frame, segments, masked } = prepareFrame(holed, { missing: 'mask', maxGap: 1 })
    expect(column(frame)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(segments).toEqual([{ start: 0, end: 8 }])
    expect(Array.from(masked ?? []).flatMap((mark, at) => (mark ? [at] : []))).toEqual([6, 8])
  })

  it('mask gives a dead channel an ordinary reading of the history', () => {
    const dead = frameOf({ a: [NONE, NONE], b: [1, 2] })
    const { frame, changes } = prepareFrame(dead, { missing: 'mask', maxGap: 0 }, [42, 0])
    expect(column(frame)).toEqual([42, 42])
    expect(changes).toEqual([{ kind: 'masked', channel: 'a', count: 2, place: { start: 0, end: 2 } }])
  })

  it('may differ from channel to channel', () => {
    const both = frameOf({ a: [0, NONE, 2], b: [0, NONE, 2] })
    const options = { missing: 'hold', missingByChannel: ['b=linear'], maxGap: 5 } as const
    expect(Array.from(prepareFrame(both, options).frame.values)).toEqual([0, 0, 0, 1, 2, 2])
  })

  it('refuses a policy for a channel that is not there', () => {
    const options = { missing: 'hold', missingByChannel: ['c=mask'], maxGap: 5 } as const
    expect(() => prepareFrame(holed, options)).toThrow(/channels a, b/)
  })

  it('never fills across a gap in time that is too long', () => {
    const timeMs = ramp(8).map(i => i * MINUTE + (i >= 4 ? 60 * MINUTE : 0))
    const { frame, segments } = prepareFrame({ ...holed, timeMs }, { missing: 'linear', maxGap: 5 })
    expect(column(frame)).toEqual([0, 1, 2, 2, 5, 5, 6, 7])
    expect(segments).toEqual([
      { start: 0, end: 4 },
      { start: 4, end: 8 },
    ])
  })

  it('gives a frame without gaps back as it is', () => {
    const whole = frameOf({ a: ramp(5) })
    expect(prepareFrame(whole, { missing: 'error', maxGap: 5 })).toEqual({
      frame: whole,
      segments: [{ start: 0, end: 5 }],
      changes: [],
    })
  })

  it('leaves only finite readings inside of segments, and tells every reading it changed', () => {
    const policies = fc.constantFrom(...MISSING_POLICIES.filter(policy => policy !== 'error'))
    fc.assert(
      fc.property(anyFrame, policies, fc.integer({ min: 0, max: 4 }), (frame, missing, maxGap) => {
        const before = bits(frame.values)
        const prepared = prepareFrame(frame, { missing, maxGap })
        const c = frame.channels.length
        expect(bits(frame.values)).toBe(before)
        expect(prepared.frame.timeMs).toBe(frame.timeMs)
        expect(prepared.frame.channels).toBe(frame.channels)
        let last = 0
        for (const { start, end } of prepared.segments) {
          expect(start).toBeGreaterThanOrEqual(last)
          expect(end).toBeGreaterThan(start)
          last = end
          expect(prepared.frame.values.subarray(start * c, end * c).every(Number.isFinite)).toBe(true)
        }
        expect(last).toBeLessThanOrEqual(sampleCount(frame))
        const filled = Array.from(prepared.frame.values).filter(
          (value, at) => Number.isFinite(value) && !Number.isFinite(frame.values[at]),
        )
        expect(prepared.changes.reduce((sum, { count }) => sum + count, 0)).toBe(filled.length)
        expect(prepared.masked?.reduce((sum, mark) => sum + mark, 0) ?? 0).toBe(
          missing === 'mask' ? filled.length : 0,
        )
      }),
    )
  })
})
