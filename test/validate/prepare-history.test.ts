import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Frame, sampleCount } from '../../src/core/frame.js'
import {
  MISSING_POLICIES,
  type MissingOptions,
  prepareHistory,
  refuseMissing,
} from '../../src/validate/index.js'
import { anyFrame, bits, frameOf, MINUTE } from './frames.js'

const NONE = Number.NaN
const ramp = (n: number) => Float64Array.from({ length: n }, (_, i) => i)
const facts = { cadenceMs: MINUTE }
const prepare = (frame: Frame, options: MissingOptions, more = {}) =>
  prepareHistory(frame, options, { ...facts, ...more })

/** Samples 3 and 4 of `a` are missing. */
const holed = frameOf({ a: [0, 1, 2, NONE, NONE, 5, 6, 7], b: ramp(8) })
const column = (frame: { values: ArrayLike<number> }, c = 0) =>
  Array.from(frame.values).filter((_, at) => at % 2 === c)

describe('prepareHistory', () => {
  it('refuses the first missing reading of a channel with the policy error, with its place', () => {
    expect(() => prepare(holed, { missing: 'error', maxGap: 5 })).toThrow(
      /^the table, at 2024-01-01T00:03:00\.000Z, column a.*missing/,
    )
    const infinite = frameOf({ a: [1, Number.POSITIVE_INFINITY] })
    expect(() => prepare(infinite, { missing: 'error', maxGap: 5 })).toThrow(/Infinity/)
    expect(() => refuseMissing(holed, ['error', 'hold'], 100)).toThrow(
      /^the table, (?:at 20\S+Z|sample 103, from 0), column a/,
    )
    expect(() => refuseMissing(holed, ['hold', 'error'])).not.toThrow()
  })

  it('fills as the policy of each channel says, up to the end', () => {
    const edges = frameOf({ a: [NONE, 1, 2, NONE], b: [NONE, 1, 2, NONE] })
    const options = { missing: 'hold', missingByChannel: ['b=linear'], maxGap: 5 } as const
    const { frame, segments } = prepare(edges, options)
    expect(column(frame)).toEqual([NONE, 1, 2, 2])
    expect(column(frame, 1)).toEqual([1, 1, 2, 2])
    expect(segments).toEqual([{ start: 1, end: 4 }])
  })

  it('keeps a run longer than allowed, whole, and cuts there', () => {
    const { frame, segments } = prepare(holed, { missing: 'linear', maxGap: 1 })
    expect(column(frame)).toEqual([0, 1, 2, NONE, NONE, 5, 6, 7])
    expect(segments).toEqual([
      { start: 0, end: 3 },
      { start: 5, end: 8 },
    ])
  })

  it('holds where it would interpolate when it prepares for causal scores', () => {
    const { frame, segments } = prepare(holed, { missing: 'linear', maxGap: 1 }, { alignment: 'causal' })
    expect(column(frame)).toEqual([0, 1, 2, 2, NONE, 5, 6, 7])
    expect(segments).toEqual([
      { start: 0, end: 4 },
      { start: 5, end: 8 },
    ])
  })

  it('drop leaves the readings and cuts around them', () => {
    const { frame, segments } = prepare(holed, { missing: 'drop', maxGap: 5 })
    expect(bits(Float64Array.from(frame.values))).toBe(bits(Float64Array.from(holed.values)))
    expect(segments).toHaveLength(2)
  })

  it('mask fills without a limit and marks what it filled', () => {
    const { frame, segments, masked } = prepare(holed, { missing: 'mask', maxGap: 1 })
    expect(column(frame)).toEqual([0, 1, 2, 2, 2, 5, 6, 7])
    expect(segments).toEqual([{ start: 0, end: 8 }])
    expect(Array.from(masked ?? []).flatMap((mark, at) => (mark ? [at] : []))).toEqual([6, 8])
  })

  it('mask gives a dead channel an ordinary reading of the history', () => {
    const dead = frameOf({ a: [NONE, NONE], b: [1, 2] })
    const { frame, masked } = prepare(dead, { missing: 'mask', maxGap: 0 }, { fallback: [42, 0] })
    expect(column(frame)).toEqual([42, 42])
    expect(Array.from(masked ?? [])).toEqual([1, 0, 1, 0])
  })

  it('refuses a policy for a channel that is not there', () => {
    const options = { missing: 'hold', missingByChannel: ['c=mask'], maxGap: 5 } as const
    expect(() => prepare(holed, options)).toThrow(/channels a, b/)
  })

  it('never fills across a gap in time that is too long', () => {
    const timeMs = ramp(8).map(i => i * MINUTE + (i >= 4 ? 60 * MINUTE : 0))
    const { frame, segments } = prepare({ ...holed, timeMs }, { missing: 'linear', maxGap: 5 })
    expect(column(frame)).toEqual([0, 1, 2, 2, 5, 5, 6, 7])
    expect(segments).toEqual([
      { start: 0, end: 4 },
      { start: 4, end: 8 },
    ])
    const without = prepare({ ...holed, timeMs }, { missing: 'linear', maxGap: 5 }, { cadenceMs: NONE })
    expect(without.segments).toEqual([{ start: 0, end: 8 }])
  })

  it('never fills across the border of two blocks of a history', () => {
    const { frame, segments } = prepare(holed, { missing: 'linear', maxGap: 5 }, { borders: [4, 8] })
    expect(column(frame)).toEqual([0, 1, 2, 2, 5, 5, 6, 7])
    expect(segments).toEqual([
      { start: 0, end: 4 },
      { start: 4, end: 8 },
    ])
  })

  it('leaves late samples out of the segments', () => {
    const timeMs = holed.timeMs.map((time, i) => (i === 6 ? holed.timeMs[0] : time))
    const { segments } = prepare({ ...holed, timeMs }, { missing: 'linear', maxGap: 5 })
    expect(segments).toEqual([
      { start: 0, end: 6 },
      { start: 7, end: 8 },
    ])
  })

  it('gives a frame without gaps back as it is', () => {
    const whole = frameOf({ a: ramp(5) })
    const prepared = prepare(whole, { missing: 'error', maxGap: 5 })
    expect(prepared).toEqual({ frame: whole, segments: [{ start: 0, end: 5 }] })
    expect(prepared.frame.values).toBe(whole.values)
    const masking = prepare(whole, { missing: 'mask', maxGap: 5 })
    expect(masking).toEqual({ frame: whole, segments: [{ start: 0, end: 5 }] })
  })

  it('leaves only finite readings inside of segments, and changes no reading that was there', () => {
    const policies = fc.constantFrom(...MISSING_POLICIES.filter(policy => policy !== 'error'))
    fc.assert(
      fc.property(anyFrame, policies, fc.integer({ min: 0, max: 4 }), (frame, missing, maxGap) => {
        const before = Float64Array.from(frame.values)
        const prepared = prepareHistory(frame, { missing, maxGap }, { cadenceMs: 1000 })
        const c = frame.channels.length
        expect(bits(Float64Array.from(frame.values))).toBe(bits(before))
        expect(prepared.frame.timeMs).toEqual(frame.timeMs)
        expect(prepared.frame.timeKind).toBe(frame.timeKind)
        expect(prepared.frame.channels).toEqual(frame.channels)
        let last = 0
        for (const { start, end } of prepared.segments) {
          expect(start).toBeGreaterThanOrEqual(last)
          expect(end).toBeGreaterThan(start)
          last = end
          expect(prepared.frame.values.subarray(start * c, end * c).every(Number.isFinite)).toBe(true)
        }
        expect(last).toBeLessThanOrEqual(sampleCount(frame))
        let filled = 0
        prepared.frame.values.forEach((value, at) => {
          if (Number.isFinite(before[at])) expect(value).toBe(before[at])
          else if (Number.isFinite(value)) filled++
        })
        expect(prepared.masked?.reduce((sum, mark) => sum + mark, 0) ?? 0).toBe(
          missing === 'mask' ? filled : 0,
        )
      }),
      { seed: 1 },
    )
  })
})
