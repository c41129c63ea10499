import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { generatePlant } from '../../src/simulate/index.js'
import {
  ISSUE_CATALOGUE,
  type Issue,
  SEVERITIES,
  VALIDATION_LEVELS,
  type ValidationLevel,
  validateFrame,
} from '../../src/validate/index.js'
import { countDuplicates } from '../../src/validate/readings.js'
import { anyFrame, frameOf, MINUTE, replaced, wave } from './frames.js'

const N = 400
const good = wave(N, 1)
const other = wave(N, 2, { level: 50 })
const find = (
  frame: Frame,
  options: Parameters<typeof validateFrame>[1] = {},
  window?: number,
): readonly Issue[] => validateFrame(frame, options, { window }).health.issues
const codes = (issues: readonly Issue[]) => issues.map(({ code }) => code)
/** Severity at strict, moderate and permissive; undefined where the issue is not reported. */
const severities = (frame: Frame, code: string) =>
  VALIDATION_LEVELS.map(
    validationLevel => find(frame, { validationLevel }).find(issue => issue.code === code)?.severity,
  )
const filled = (value: number, from: number, to: number) =>
  good.map((x, i) => (i >= from && i < to ? value : x))

describe('validation', () => {
  it('finds nothing in a well machine', () => {
    for (const validationLevel of VALIDATION_LEVELS)
      expect(find(frameOf({ good, other }), { validationLevel })).toEqual([])
    const { train } = generatePlant({ rows: 4000, seed: 3 })
    expect(codes(find(train)).filter(code => code !== 'time-jitter')).toEqual([])
  })

  it('accepts switches, settings and slow sensors', () => {
    const state = good.map((_, i) => (i % 50 < 20 ? 0 : 1))
    const setting = good.map((_, i) => 20 + Math.floor(i / 80))
    const slow = good.map((_, i) => good[i - (i % 8)])
    expect(find(frameOf({ state, setting, slow }))).toEqual([])
  })

  const NAN = Number.NaN
  it.each<[string, Frame, (string | undefined)[]]>([
    ['rows-none', frameOf({ a: [] }), ['error', 'error', 'error']],
    ['channels-none', frameOf({}, { timeMs: new Float64Array(50) }), ['error', 'error', 'error']],
    ['rows-few', frameOf({ a: wave(9) }), ['error', 'warning', 'warning']],
    ['rows-few', frameOf({ a: wave(29) }), ['error', 'warning', 'warning']],
    ['missing-some', frameOf({ a: filled(NAN, 20, 40) }), ['warning', 'warning', 'warning']],
    ['missing-many', frameOf({ a: filled(NAN, 20, 100) }), ['error', undefined, undefined]],
    ['missing-many', frameOf({ a: filled(NAN, 20, 180) }), ['error', 'error', 'error']],
    ['channel-dead', frameOf({ a: filled(NAN, 0, N), good }), ['error', 'error', 'warning']],
    ['channel-constant', frameOf({ a: filled(3, 0, N), good }), ['error', 'warning', 'warning']],
    ['infinite-values', frameOf({ a: replaced(good, { 7: -1 / 0 }) }), ['error', 'error', 'warning']],
    ['frozen-run', frameOf({ a: filled(9.5, 100, 130) }), ['warning', 'warning', 'info']],
    ['spikes', frameOf({ a: replaced(good, { 7: 40, 90: -30 }) }), ['warning', 'warning', 'info']],
    // At 30 for long, so a reading of 30 is usual, but not between two others.
    [
      'spikes-within',
      frameOf({ a: replaced(Float64Array.of(...good, ...good.map(value => value + 30)), { 7: 30 }) }),
      ['warning', 'warning', 'info'],
    ],
    ['sentinel', frameOf({ a: replaced(good, { 7: -9999, 90: -9999 }) }), ['error', 'warning', 'warning']],
    ['sentinel', frameOf({ a: filled(-9999, 100, 130) }), ['error', 'warning', 'warning']],
    ['sentinel', frameOf({ a: filled(999.9, 10, 400) }), ['error', 'warning', 'warning']],
    ['sentinel', frameOf({ a: filled(1e30, 10, 400) }), ['error', 'warning', 'warning']],
    ['saturation', frameOf({ a: good.map(x => Math.min(x, 10.9)) }), ['warning', 'warning', 'info']],
    [
      'scale-jump',
      frameOf({ a: good.map((x, i) => (i < 250 ? x : 1000 * x)) }),
      ['error', 'warning', 'warning'],
    ],
    ['counter-reset', frameOf({ a: good.map((_, i) => (i % 150) + 0.5) }), ['warning', 'warning', 'info']],
    ['counter-growing', frameOf({ a: good.map((x, i) => i * 3 + x) }), ['info', 'info', 'info']],
    ['channels-equal', frameOf({ a: good, b: good }), ['warning', 'warning', 'info']],
    ['time-absent', frameOf({ a: good }, { timeKind: 'index' }), ['info', 'info', 'info']],
  ])('reports %s with a severity by level', (code, frame, wanted) => {
    expect(severities(frame, code)).toEqual(wanted)
  })

  it('says where, how many and how much', () => {
    const issue = (frame: Frame, code: string) => find(frame).find(found => found.code === code)
    expect(issue(frameOf({ a: filled(9.5, 100, 130) }), 'frozen-run')).toMatchObject({
      channel: 'a',
      place: { start: 100, end: 130 },
      count: 30,
    })
    expect(issue(frameOf({ a: replaced(good, { 7: 40, 90: -30 }) }), 'spikes')).toMatchObject({
      place: { start: 7, end: 8 },
      count: 2,
    })
    const jump = issue(frameOf({ a: good.map((x, i) => (i < 250 ? x : 1000 * x)) }), 'scale-jump')
    expect(jump).toMatchObject({ place: { start: 250, end: 251 } })
    expect(jump?.message).toMatch(/about [\d.]+ times as large \(a prefix/)
    expect(issue(frameOf({ a: good, b: good }), 'channels-equal')).toMatchObject({ channel: 'b' })
    expect(issue(frameOf({ a: good.map((_, i) => i % 150) }), 'counter-reset')).toMatchObject({
      place: { start: 150, end: 151 },
      count: 2,
    })
  })

  it('sees a dead sensor among twenty', () => {
    const columns = Object.fromEntries(Array.from({ length: 19 }, (_, c) => [`c${c}`, wave(N, c)]))
    const issues = find(frameOf({ ...columns, dead: filled(NAN, 0, N) }))
    expect(issues).toMatchObject([{ code: 'channel-dead', channel: 'dead', severity: 'error', count: N }])
  })

  it('learns from a channel how long it usually stands still', () => {
    const steps = good.map((_, i) => Math.floor(i / 15) % 3)
    expect(find(frameOf({ steps }))).toEqual([])
    const rest = good.map((x, i) => (i % 100 < 40 || i > 340 ? 0 : x))
    expect(codes(find(frameOf({ rest })))).not.toContain('frozen-run')
    const noisy = good.map((x, i) => (i >= 100 && i < 115 ? 10 : x))
    expect(codes(find(frameOf({ noisy })))).toEqual(['frozen-run'])
  })

  it('reports valid ranges as given', () => {
    const issues = find(frameOf({ flow: replaced(good, { 3: -1, 9: 99 }) }), { ranges: ['flow=0..20'] })
    expect(issues.find(({ code }) => code === 'out-of-range')).toMatchObject({
      severity: 'error',
      count: 2,
      place: { start: 3, end: 4 },
      message: 'readings outside the valid range 0 to 20: 2',
    })
    expect(() => find(frameOf({ flow: good }), { ranges: ['level=0..1'] })).toThrow(/must name one of/)
    expect(() => find(frameOf({ flow: good }), { ranges: ['flow=2..1'] })).toThrow(/lower end/)
    expect(() => find(frameOf({ flow: good }), { ranges: ['flow'] })).toThrow(/NAME=LOW/)
  })

  it('refuses readings whose squares are not finite, with the range that removes them', () => {
    for (const size of [1e154, 1e200, 1e250, 1e300]) {
      const flow = good.map(x => size * x)
      expect(severities(frameOf({ flow, other }), 'readings-huge')).toEqual(['error', 'error', 'error'])
      expect(codes(find(frameOf({ flow, other })))).not.toContain('channel-follows')
    }
    const single = find(frameOf({ flow: replaced(good, { 3: -1e160, 9: 1e200 }), other }))
    expect(single.find(({ code }) => code === 'readings-huge')).toMatchObject({
      channel: 'flow',
      count: 2,
      place: { start: 3, end: 4 },
      remedy: expect.stringContaining('--ranges flow=-1e+150..1e+150 --fix'),
    })
    expect(codes(find(frameOf({ flow: good.map(x => 1e147 * x), other })))).toEqual([])
  })

  it('reports columns against the expected ones', () => {
    const issues = find(frameOf({ a: good, b: other }), { expectedColumns: ['a', 'c'] })
    expect(issues.map(({ code, channel }) => [code, channel])).toEqual([
      ['column-missing', 'c'],
      ['column-unexpected', 'b'],
    ])
  })

  it('reports gaps, repeated and backward times', () => {
    const frame = frameOf({ good })
    const gap = { ...frame, timeMs: frame.timeMs.map((t, i) => (i < 100 ? t : t + 30 * MINUTE)) }
    expect(find(gap)).toMatchObject([{ code: 'time-gaps', count: 1, place: { start: 99, end: 101 } }])
    expect(find(gap)[0].message).toContain('about 30 samples missing at a cadence of 1 min')
    const back = { ...frame, timeMs: frame.timeMs.map((t, i) => (i === 100 ? t - 5 * MINUTE : t)) }
    expect(codes(find(back))).toContain('time-backwards')
    const twice = { ...frame, timeMs: frame.timeMs.map((t, i) => (i === 100 ? t - MINUTE : t)) }
    expect(codes(find(twice))).toContain('time-repeated')
  })

  it('warns when gaps leave too little for windows', () => {
    const frame = frameOf({ good })
    const split = { ...frame, timeMs: frame.timeMs.map((t, i) => t + Math.floor(i / 20) * 60 * MINUTE) }
    expect(codes(find(split, {}, 30))).toContain('windows-few')
    expect(codes(find(split, {}, 15))).not.toContain('windows-few')
  })

  it('calls rows duplicates only when their time is the same, and repeats of numbered rows no fault', () => {
    const once = frameOf({ good, other })
    const pick = [...Array(N).keys(), ...Array(60).keys()].sort((a, b) => a - b)
    const doubled = {
      ...once,
      timeMs: Float64Array.from(pick, i => once.timeMs[i]),
      values: Float64Array.from(pick.flatMap(i => [once.values[2 * i], once.values[2 * i + 1]])),
    }
    expect(severities(doubled, 'rows-duplicate-many')).toEqual(['error', 'error', 'error'])
    const state = frameOf({ state: good.map((_, i) => i % 2) })
    expect(codes(find(state))).not.toContain('rows-duplicate')
    expect(codes(find({ ...state, timeKind: 'index' }))).toEqual(['time-absent', 'readings-repeat'])
  })

  const random = createRandom(12)
  const noise = (sd: number) => Array.from(good, () => sd * random.normal())
  const rounded = (values: ArrayLike<number>, step: number) =>
    Array.from(values, x => Number((step * Math.round(x / step)).toFixed(6)))
  const follows = (columns: Record<string, ArrayLike<number>>) =>
    find(frameOf(columns)).flatMap(({ code, channel, message }) =>
      code === 'channel-follows' ? [`${channel}: ${message}`] : [],
    )

  it('finds channels that are calculated from others, rounded ones too', () => {
    const third = wave(N, 3, { level: 7 })
    const sum = good.map((x, i) => 2 * x - 0.5 * other[i]! + 3)
    expect(follows({ good, other, third, sum })).toEqual([
      'sum: the channel is calculated from good and other: a linear function of them in every sample',
    ])
    expect(follows({ sum, third, other, good })).toEqual([
      'good: the channel is calculated from sum and other: a linear function of them in every sample',
    ])
    const coarse = (values: ArrayLike<number>) =>
      rounded(
        Array.from(values, x => 30 * x),
        0.1,
      )
    const [p1, p2] = [coarse(good), coarse(other)]
    const summed = rounded(
      Array.from(p1, (x, i) => x + p2[i]!),
      0.1,
    )
    expect(follows({ third: coarse(third), p1, p2, summed })).toEqual([
      'summed: the channel is calculated from p1 and p2: a linear function of them in every sample',
    ])
    const parts = Object.fromEntries(Array.from({ length: 5 }, (_, c) => [`p${c}`, wave(N, 10 + c)]))
    const total = Array.from(good, (_, i) => Object.values(parts).reduce((sum, part) => sum + part[i]!, 0))
    expect(follows({ ...parts, total })[0]).toContain('calculated from p0, p1, p2 and 2 others:')
    const celsius = rounded(good, 0.01)
    const fahrenheit = rounded(
      celsius.map(x => 1.8 * x + 32),
      0.01,
    )
    expect(follows({ celsius, other, fahrenheit })).toEqual([
      'fahrenheit: the channel is calculated from celsius: a linear function of them in every sample',
    ])
  })

  it('takes neither sensors that agree, nor equal channels, switches and short histories for calculated ones', () => {
    const twin = rounded(good, 0.01).map(x => x + Math.round(2 * random.normal()) / 100)
    expect(follows({ good: rounded(good, 0.01), twin })).toEqual([])
    expect(codes(find(frameOf({ good, copy: good })))).toEqual(['channels-equal'])
    // Steps of 0.1 are as large as what the channel does.
    expect(
      follows({ good, coarse: rounded(noise(0.05), 0.1).map((x, i) => x + (i < 25 ? i : 0) / 1e3) }),
    ).toEqual([])
    const on = Array.from(good, (_, i) => (i % 50 < 20 ? 0 : 1))
    expect(follows({ good, on, off: on.map(x => 1 - x) })).toEqual([])
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, c) => [`c${c}`, noise(1).slice(0, 31)]))
    expect(follows(many)).toEqual([])
  })

  it('tells a history of one operating state from one that moves', () => {
    const uniform = { code: 'history-uniform', severity: 'warning' }
    expect(find(frameOf({ a: noise(1), b: noise(5), c: filled(3, 0, N) }))).toContainEqual(
      expect.objectContaining(uniform),
    )
    const load = noise(1).map((x, i) => x + (i < 200 ? 0 : 4))
    expect(codes(find(frameOf({ a: noise(1), load })))).not.toContain('history-uniform')
    const slow = noise(1).map((x, i) => x + 3 * Math.sin(i / 60))
    expect(codes(find(frameOf({ slow })))).not.toContain('history-uniform')
  })

  it('tells a history of few windows', () => {
    const [issue] = find(frameOf({ good, other }), {}, 60)
    expect(issue).toMatchObject({ code: 'history-short', count: N })
    expect(issue!.message).toContain('400 samples, 6 windows of 60')
    expect(find(frameOf({ good, other }), {}, 40)).toEqual([])
  })

  it('counts duplicates like a comparison of all pairs', () => {
    fc.assert(
      fc.property(anyFrame, frame => {
        const c = frame.channels.length
        const keys = Array.from(frame.timeMs, (time, i) =>
          [frame.timeKind === 'utc' ? time : '', ...frame.values.subarray(i * c, (i + 1) * c)].join(),
        )
        const firsts = keys.map(key => keys.indexOf(key))
        const copies = firsts.flatMap((first, i) => (first < i ? [i] : []))
        // An unreadable time equals no other.
        fc.pre(frame.timeMs.every(time => !Number.isNaN(time)))
        expect(countDuplicates(frame)).toEqual({ count: copies.length, first: copies[0] ?? -1 })
      }),
      { seed: 1 },
    )
  })

  it('survives any frame at any level, with places inside of it and counts that can be', () => {
    fc.assert(
      fc.property(
        anyFrame,
        fc.constantFrom<ValidationLevel>(...VALIDATION_LEVELS),
        fc.boolean(),
        (frame, validationLevel, fix) => {
          const options = { validationLevel, fix: fix && validationLevel !== 'strict' }
          const { health, frame: checked } = validateFrame(frame, options, { window: 5 })
          const n = frame.timeMs.length
          for (const { place, count, message, channel } of health.issues) {
            expect(message).not.toMatch(/\{|undefined/)
            expect(count).toBeGreaterThanOrEqual(0)
            expect(count).toBeLessThanOrEqual(Math.max(1, n))
            if (channel !== undefined) expect(frame.channels).toContain(channel)
            if (place === undefined) continue
            expect(place.start).toBeGreaterThanOrEqual(0)
            expect(place.end).toBeGreaterThan(place.start)
            expect(place.end).toBeLessThanOrEqual(n)
          }
          expect(health.valid).toBe(!health.issues.some(({ severity }) => severity === 'error'))
          const order = health.issues.map(({ severity }) => SEVERITIES.indexOf(severity))
          expect(order).toEqual([...order].sort())
          for (const { missing, infinite, tally } of health.channels)
            expect(missing + infinite + tally.count).toBe(n)
          // Checking what was checked changes nothing.
          const again = validateFrame(checked, options, { window: 5 })
          expect(again.health.issues).toEqual(health.issues)
          expect(again.health.changes).toEqual([])
        },
      ),
      { seed: 1, numRuns: 400 },
    )
  })
})

describe('the catalogue of issues', () => {
  it('has a severity for every level, a message and a remedy', () => {
    for (const [code, { severity, message, remedy }] of Object.entries(ISSUE_CATALOGUE)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(severity).toHaveLength(VALIDATION_LEVELS.length)
      expect(message).not.toBe('')
      expect(remedy).toMatch(/\.$/)
    }
  })
})

describe('times of months, quarters and years', () => {
  it.each([1, 3, 12])('are regular: a step of %i calendar months is no jitter', months => {
    const timeMs = Float64Array.from({ length: 60 }, (_, i) => Date.UTC(1990, i * months, 1))
    expect(
      codes(find({ ...frameOf({ a: wave(60, 1) }), timeMs })).filter(code => code.startsWith('time-')),
    ).toEqual([])
    const shifted = timeMs.map((ms, i) => (i === 30 ? ms + 9 * 86_400_000 : ms))
    expect(codes(find({ ...frameOf({ a: wave(60, 1) }), timeMs: shifted }))).toContain('time-jitter')
  })
})
