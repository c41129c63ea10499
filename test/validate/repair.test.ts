import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MISSING_POLICIES, repairFrame, validateFrame } from '../../src/validate/index.js'
import { anyFrame, bits, frameOf, replaced, wave } from './frames.js'

describe('repairs', () => {
  it('turn infinite and out-of-range readings into missing ones and fill the gaps, telling each', () => {
    const frame = frameOf({ flow: [1, 2, Number.POSITIVE_INFINITY, 4, 500, 6], level: [1, 1, 1, 1, 1, 1] })
    const { frame: repaired, changes } = repairFrame(frame, {
      missing: 'linear',
      maxGap: 5,
      ranges: ['flow=0..100'],
    })
    expect(Array.from(repaired.values).filter((_, at) => at % 2 === 0)).toEqual([1, 2, 3, 4, 5, 6])
    expect(changes).toEqual([
      { kind: 'infinite-to-missing', channel: 'flow', count: 1, place: { start: 2, end: 3 } },
      { kind: 'range-to-missing', channel: 'flow', count: 1, place: { start: 4, end: 5 } },
      { kind: 'filled-linear', channel: 'flow', count: 2, place: { start: 2, end: 3 } },
    ])
  })

  it('keep every row, every time and every channel, and do nothing the second time', () => {
    const options = fc.record({
      missing: fc.constantFrom(...MISSING_POLICIES),
      maxGap: fc.integer({ min: 0, max: 4 }),
    })
    fc.assert(
      fc.property(anyFrame, options, fc.boolean(), (frame, settings, ranged) => {
        const ranges = ranged ? frame.channels.map(name => `${name}=-2..2`) : []
        const before = bits(frame.values)
        const once = repairFrame(frame, { ...settings, ranges })
        expect(bits(frame.values)).toBe(before)
        expect(once.frame.timeMs).toBe(frame.timeMs)
        expect(once.frame.channels).toBe(frame.channels)
        expect(once.frame.values.length).toBe(frame.values.length)
        const twice = repairFrame(once.frame, { ...settings, ranges })
        expect(twice.changes).toEqual([])
        expect(bits(twice.frame.values)).toBe(bits(once.frame.values))
      }),
      { seed: 1 },
    )
  })

  it('leave the copies and the constant channels of a slow sensor alone', () => {
    const frame = frameOf({ state: wave(60).map((_, i) => (i % 20 < 10 ? 0 : 1)), set: new Float64Array(60) })
    expect(repairFrame(frame, { missing: 'linear', maxGap: 5 })).toEqual({ frame, changes: [] })
  })

  it('are checked afterwards: what was repaired is no issue any more', () => {
    const broken = frameOf({ flow: replaced(wave(200), { 50: Number.POSITIVE_INFINITY, 51: Number.NaN }) })
    expect(validateFrame(broken).health.valid).toBe(false)
    const { health, frame } = validateFrame(broken, { fix: true })
    expect(health.issues.map(({ code }) => code)).toEqual([])
    expect(health.changes.map(({ kind, count }) => [kind, count])).toEqual([
      ['infinite-to-missing', 1],
      ['filled-linear', 2],
    ])
    expect(validateFrame(frame).health.valid).toBe(true)
  })

  it('are refused at level strict', () => {
    expect(() => validateFrame(frameOf({ a: wave(50) }), { fix: true, validationLevel: 'strict' })).toThrow(
      /never repairs/,
    )
  })
})
