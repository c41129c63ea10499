import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Alignment } from '../../src/core/contracts.js'
import { type Frame, sampleCount, sliceFrame } from '../../src/core/frame.js'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'
import { createPreparation, MISSING_POLICIES, type PreparedSamples } from '../../src/validate/index.js'
import type { PreparationSettings } from '../../src/validate/prepare.js'
import { bits } from './frames.js'

const NONE = Number.NaN
/** One channel, a sample per second. */
const series = (...values: readonly number[]): Frame => ({
  timeMs: Float64Array.from(values, (_, i) => 1000 * i),
  timeKind: 'utc',
  values: Float64Array.from(values),
  channels: ['a'],
})
const settingsOf = (
  policy: PreparationSettings['policies'][number],
  more: Partial<PreparationSettings> = {},
): PreparationSettings => ({
  channels: ['a'],
  policies: [policy],
  maxGap: 2,
  alignment: 'two-sided',
  ...more,
})
const beginsAt = (n: number, ...places: readonly number[]) =>
  Uint8Array.from({ length: n }, (_, i) => (places.includes(i) ? 1 : 0))

interface Whole {
  values: number[]
  usable: number[]
  masked: number[]
  begins: number[]
  timeMs: number[]
}
const joined = (parts: readonly PreparedSamples[]): Whole => ({
  values: parts.flatMap(({ frame }) => Array.from(frame.values)),
  usable: parts.flatMap(({ usable }) => Array.from(usable)),
  masked: parts.flatMap(({ masked, frame }) => Array.from(masked ?? new Uint8Array(frame.values.length))),
  begins: parts.flatMap(({ begins }) => Array.from(begins)),
  timeMs: parts.flatMap(({ frame }) => Array.from(frame.timeMs)),
})
function prepared(settings: PreparationSettings, frame: Frame, begins = beginsAt(sampleCount(frame))): Whole {
  const preparation = createPreparation(settings)
  return joined([preparation.push(frame, begins), preparation.finish()])
}
const filled = (settings: PreparationSettings, values: readonly number[], ...begins: readonly number[]) =>
  prepared(settings, series(...values), beginsAt(values.length, ...begins)).values

/** Each reading by the words of the policies, from the whole series; `null` = missing, else the reading and whether it is masked. */
function readingByTheWords(
  { policies, maxGap, fallback, alignment, channels }: PreparationSettings,
  { values, timeMs }: Frame,
  begins: Uint8Array,
  i: number,
  c: number,
): { value: number; masked: boolean } | null {
  const at = (k: number) => values[k * channels.length + c]
  if (Number.isFinite(at(i))) return { value: at(i), masked: false }
  let first = i
  while (first > 0 && !begins[first]) first--
  let end = i + 1
  while (end < timeMs.length && !begins[end]) end++
  let before = i
  while (before >= first && !Number.isFinite(at(before))) before--
  let after = i
  while (after < end && !Number.isFinite(at(after))) after++
  const hasBefore = before >= first
  const hasAfter = after < end
  const policy = policies[c]
  if (policy === 'mask') return { value: hasBefore ? at(before) : (fallback?.[c] ?? 0), masked: true }
  if (policy !== 'hold' && policy !== 'linear') return null
  if (policy === 'hold' || alignment === 'causal')
    return hasBefore && i - before <= maxGap ? { value: at(before), masked: false } : null
  const run = after - before - 1
  if (run > maxGap || (!hasBefore && !hasAfter)) return null
  if (!hasBefore || !hasAfter) return { value: at(hasBefore ? before : after), masked: false }
  const byTime = (timeMs[i] - timeMs[before]) / (timeMs[after] - timeMs[before])
  const share = byTime >= 0 && byTime <= 1 ? byTime : (i - before) / (after - before)
  return { value: at(before) + share * (at(after) - at(before)), masked: false }
}

const reading = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -50, max: 50 }) },
  { weight: 3, arbitrary: fc.constant(NONE) },
  { weight: 1, arbitrary: fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
)
const table = fc
  .record({
    n: fc.integer({ min: 0, max: 40 }),
    policies: fc.array(fc.constantFrom(...MISSING_POLICIES), { minLength: 1, maxLength: 4 }),
    maxGap: fc.integer({ min: 0, max: 6 }),
    alignment: fc.constantFrom<Alignment>('causal', 'two-sided'),
    hasFallback: fc.boolean(),
    timeKind: fc.constantFrom('utc' as const, 'index' as const),
    isSparse: fc.boolean(),
  })
  .chain(({ n, policies, isSparse, timeKind, hasFallback, ...more }) => {
    const width = policies.length
    const cell = isSparse
      ? reading
      : fc.oneof({ weight: 12, arbitrary: fc.integer({ min: -50, max: 50 }) }, reading)
    return fc
      .record({
        values: fc.array(cell, { minLength: n * width, maxLength: n * width }),
        steps: fc.array(fc.constantFrom(0, 500, 1000, 1000, 1000, 9000), { minLength: n, maxLength: n }),
        begins: fc.array(fc.constantFrom(0, 0, 0, 0, 0, 0, 1), { minLength: n, maxLength: n }),
        cuts: fc.array(fc.nat(40), { maxLength: 6 }),
      })
      .map(({ values, steps, begins, cuts }) => {
        const channels = policies.map((_, c) => `c${c}`)
        let now = 0
        const frame: Frame = {
          timeMs: Float64Array.from(steps, (step, i) => (timeKind === 'index' ? i : (now += step))),
          timeKind,
          values: Float64Array.from(values),
          channels,
        }
        const settings: PreparationSettings = {
          channels,
          policies,
          ...more,
          ...(hasFallback && { fallback: channels.map((_, c) => 100 + c) }),
        }
        return { frame, begins: Uint8Array.from(begins), settings, cuts }
      })
  })

describe('createPreparation', () => {
  it('hold repeats the reading before for the first maxGap samples of a run', () => {
    expect(filled(settingsOf('hold'), [1, NONE, NONE, NONE, 5, NONE])).toEqual([1, 1, 1, NONE, 5, 5])
    expect(filled(settingsOf('hold'), [NONE, 2])).toEqual([NONE, 2])
    expect(filled(settingsOf('hold', { maxGap: 0 }), [1, NONE])).toEqual([1, NONE])
  })

  it('linear lies on the line between both neighbours, in time', () => {
    const frame = { ...series(2, NONE, NONE, 5), timeMs: Float64Array.of(2, 3, 9, 10) }
    const { values } = prepared(settingsOf('linear'), frame)
    expect(values[1]).toBeCloseTo(2 + 3 / 8, 12)
    expect(values[2]).toBeCloseTo(2 + (3 * 7) / 8, 12)
  })

  it('linear goes by the number of samples where times do not move', () => {
    const frame = { ...series(2, NONE, NONE, 5), timeMs: Float64Array.of(7, 7, 7, 7) }
    const { values } = prepared(settingsOf('linear'), frame)
    expect(values.map(value => Number(value.toFixed(9)))).toEqual([2, 3, 4, 5])
  })

  it('linear takes the nearest reading at the edges of a segment, and leaves a longer run whole', () => {
    expect(filled(settingsOf('linear'), [NONE, NONE, 3, 4, NONE])).toEqual([3, 3, 3, 4, 4])
    expect(filled(settingsOf('linear'), [1, NONE, NONE, NONE, 5])).toEqual([1, NONE, NONE, NONE, 5])
    expect(filled(settingsOf('linear'), [NONE, NONE])).toEqual([NONE, NONE])
  })

  it('linear waits for the next reading, for at most maxGap samples', () => {
    const preparation = createPreparation(settingsOf('linear'))
    const push = (...values: number[]) =>
      Array.from(preparation.push(series(...values), beginsAt(values.length)).frame.values)
    expect(push(1, NONE)).toEqual([1])
    expect(push(NONE)).toEqual([])
    const late = preparation.push({ ...series(4), timeMs: Float64Array.of(3000) }, beginsAt(1))
    expect(late.frame.values).toHaveLength(3)
    expect(push(NONE, NONE)).toEqual([])
    expect(push(NONE)).toEqual([NONE, NONE, NONE])
    expect(push(NONE, 6)).toEqual([NONE, 6])
  })

  it('linear holds in causal scores, which wait for nothing', () => {
    const causal = settingsOf('linear', { alignment: 'causal' })
    expect(filled(causal, [1, NONE, NONE, NONE, 5])).toEqual([1, 1, 1, NONE, 5])
    const preparation = createPreparation(causal)
    expect(Array.from(preparation.push(series(1, NONE), beginsAt(2)).frame.values)).toEqual([1, 1])
  })

  it('mask holds without a limit and marks what it filled', () => {
    const { values, masked, usable } = prepared(settingsOf('mask'), series(1, NONE, NONE, NONE, NONE, 6))
    expect(values).toEqual([1, 1, 1, 1, 1, 6])
    expect(masked).toEqual([0, 1, 1, 1, 1, 0])
    expect(usable).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('mask takes an ordinary reading before the first one, 0 when none is known', () => {
    expect(filled(settingsOf('mask', { fallback: [42] }), [NONE, NONE, 3])).toEqual([42, 42, 3])
    expect(filled(settingsOf('mask'), [NONE, 3])).toEqual([0, 3])
  })

  it.each(['drop', 'error'] as const)('%s leaves readings missing, infinite ones too', policy => {
    const { values, usable } = prepared(settingsOf(policy), series(1, NONE, Number.POSITIVE_INFINITY, 4))
    expect(values).toEqual([1, NONE, NONE, 4])
    expect(usable).toEqual([1, 0, 0, 1])
  })

  it('fills nothing across the start of a new segment', () => {
    const values = [1, NONE, NONE, 4]
    expect(filled(settingsOf('hold'), values, 2)).toEqual([1, 1, NONE, 4])
    expect(filled(settingsOf('linear'), values, 2)).toEqual([1, 1, 4, 4])
    expect(filled(settingsOf('mask', { fallback: [9] }), values, 2)).toEqual([1, 1, 9, 4])
  })

  it('decides waiting samples where a new segment starts', () => {
    const preparation = createPreparation(settingsOf('linear'))
    expect(preparation.push(series(1, NONE), beginsAt(2)).frame.values).toHaveLength(1)
    const next = preparation.push(series(NONE, NONE), beginsAt(2, 0))
    expect(Array.from(next.frame.values)).toEqual([1])
    expect(Array.from(preparation.finish().frame.values)).toEqual([NONE, NONE])
  })

  it('has a policy for each channel, and a sample is usable when all its readings are there', () => {
    const frame: Frame = { ...series(1, NONE, 3), channels: ['a', 'b'] }
    const values = Float64Array.of(1, 1, NONE, NONE, 3, 3)
    const settings = { ...settingsOf('hold'), channels: ['a', 'b'], policies: ['hold', 'drop'] as const }
    const whole = prepared(settings, { ...frame, values })
    expect(whole.values).toEqual([1, 1, 1, NONE, 3, 3])
    expect(whole.usable).toEqual([1, 0, 1])
  })

  it('is in every sample what the words of the policies say', () => {
    fc.assert(
      fc.property(table, ({ frame, begins, settings }) => {
        const before = bits(Float64Array.from(frame.values))
        const whole = prepared(settings, frame, begins)
        expect(bits(Float64Array.from(frame.values))).toBe(before)
        expect(whole.timeMs).toEqual(Array.from(frame.timeMs))
        expect(whole.begins).toEqual(Array.from(begins))
        const width = settings.channels.length
        for (let i = 0; i < sampleCount(frame); i++) {
          const words = settings.channels.map((_, c) => readingByTheWords(settings, frame, begins, i, c))
          expect(whole.usable[i]).toBe(words.every(word => word !== null) ? 1 : 0)
          words.forEach((word, c) => {
            const got = whole.values[i * width + c]
            if (word === null) expect(got).toBeNaN()
            else expect(Math.abs(got - word.value)).toBeLessThan(1e-9)
            expect(whole.masked[i * width + c]).toBe(word?.masked ? 1 : 0)
          })
        }
      }),
      { seed: 1, numRuns: 1000 },
    )
  })

  it('gives the same bits however the series is cut, and from its state at any cut', () => {
    fc.assert(
      fc.property(table, ({ frame, begins, settings, cuts }) => {
        const n = sampleCount(frame)
        const wanted = prepared(settings, frame, begins)
        let preparation = createPreparation(settings)
        const parts: PreparedSamples[] = []
        let from = 0
        for (const to of [...cuts.map(cut => Math.min(cut, n)), n].sort((a, b) => a - b)) {
          const part = preparation.push(sliceFrame(frame, from, to), begins.subarray(from, to))
          if (settings.alignment === 'causal') expect(sampleCount(part.frame)).toBe(to - from)
          parts.push(part)
          const waiting = to - parts.reduce((sum, { usable }) => sum + usable.length, 0)
          expect(waiting).toBeLessThanOrEqual(settings.maxGap)
          preparation = createPreparation(settings, stateFromBytes(stateToBytes(preparation.state())))
          from = to
        }
        parts.push(preparation.finish())
        const got = joined(parts)
        expect(bits(Float64Array.from(got.values))).toBe(bits(Float64Array.from(wanted.values)))
        expect({ ...got, values: [] }).toEqual({ ...wanted, values: [] })
        for (const part of parts)
          if (sampleCount(part.frame) > 0) expect(part.frame.timeKind).toBe(frame.timeKind)
      }),
      { seed: 1, numRuns: 1000 },
    )
  })

  it('does not change a state that was taken before', () => {
    const preparation = createPreparation(settingsOf('linear'))
    preparation.push(series(1, NONE), beginsAt(2))
    const saved = preparation.state()
    const before = stateToBytes(saved)
    preparation.push(series(5, NONE, 7), beginsAt(3))
    expect(stateToBytes(saved)).toEqual(before)
  })

  it('refuses the state of something else, or of other channels', () => {
    const state = createPreparation(settingsOf('hold')).state()
    const unfit = expect.objectContaining({ code: 'state-unfit' })
    expect(() => createPreparation(settingsOf('hold'), { ...state, kind: 'online:clock' })).toThrow(unfit)
    const wider = { ...settingsOf('hold'), channels: ['a', 'b'], policies: ['hold', 'hold'] as const }
    expect(() => createPreparation(wider, state)).toThrow(unfit)
  })
})
