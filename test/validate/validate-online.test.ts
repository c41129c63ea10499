import { describe, expect, it } from 'vitest'
import { type Frame, sampleCount, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { type Issue, learnSchema, validateFrame, validateOnline } from '../../src/validate/index.js'

const CHANNELS = ['level', 'flow', 'count', 'copy', 'switch']

function plant(n: number, seed: number): Frame {
  const random = createRandom(seed)
  const values = new Float64Array(n * CHANNELS.length)
  for (let i = 0; i < n; i++) {
    const level = 20 + 5 * Math.sin(i / 40) + random.normal()
    values.set(
      [level, Math.round(10 * random.normal()), 3 * i, level, i % 50 < 25 ? 1 : 2],
      i * CHANNELS.length,
    )
  }
  return {
    timeMs: Float64Array.from({ length: n }, (_, i) => 1000 * i),
    timeKind: 'utc',
    values,
    channels: CHANNELS,
  }
}

/** Data with every fault that serving rules know. */
function faulty(n: number): Frame {
  const live = plant(n, 7)
  const values = live.values.slice()
  const set = (c: number, from: number, length: number, value: (old: number) => number) => {
    for (let i = from; i < from + length; i++)
      values[i * CHANNELS.length + c] = value(values[i * CHANNELS.length + c])
  }
  set(0, Math.floor(0.2 * n), 1, x => x + 400)
  set(0, Math.floor(0.7 * n), 1, x => x - 300)
  set(1, Math.floor(0.3 * n), Math.floor(0.2 * n), () => 4)
  set(1, Math.floor(0.6 * n), Math.floor(0.2 * n), () => Number.NaN)
  set(1, Math.floor(0.55 * n), 1, () => Number.POSITIVE_INFINITY)
  set(2, Math.floor(0.9 * n), n - Math.floor(0.9 * n), x => x - 2.7 * n)
  set(4, Math.floor(0.5 * n), n - Math.floor(0.5 * n), x => 60 * x)
  for (let i = 0; i < n; i++) values[i * CHANNELS.length + 3] = values[i * CHANNELS.length]
  const timeMs = live.timeMs.map((t, i) => t + (i > n / 3 ? 50_000 : 0) + (i % 97 === 5 ? 30 : 0))
  for (const i of [10, Math.floor(0.8 * n)]) {
    timeMs[i] = timeMs[i - 1]
    values.copyWithin(i * CHANNELS.length, (i - 1) * CHANNELS.length, i * CHANNELS.length)
  }
  return { ...live, timeMs, values }
}

function online(frame: Frame, rows: number, level: 'strict' | 'moderate' | 'permissive'): Issue[] {
  const validation = validateOnline(CHANNELS, frame.timeKind, schema, level)
  for (let at = 0; at < sampleCount(frame); at += rows)
    validation.push(sliceFrame(frame, at, Math.min(sampleCount(frame), at + rows)))
  return validation.finish()
}

const schema = learnSchema(plant(3000, 1))
const codes = (issues: readonly Issue[]) => issues.map(({ code }) => code)

describe('validateOnline', () => {
  it.each(['strict', 'moderate', 'permissive'] as const)(
    'finds at level %s what the whole has, to the word, however it is cut',
    level => {
      for (const n of [1, 2, 3, 40, 1500, 4000]) {
        const frame = n < 40 ? plant(n, 3) : faulty(n)
        const expected = validateFrame(frame, { validationLevel: level }, { schema }).health.issues
        for (const rows of [1, 97, 5000]) expect(online(frame, rows, level)).toEqual(expected)
      }
    },
  )

  it('finds the same beyond what it can keep; the jump of a scale is placed among what was kept', () => {
    const frame = faulty(30_000)
    const expected = validateFrame(frame, {}, { schema }).health.issues
    expect(codes(expected)).toEqual(
      expect.arrayContaining([
        'time-gaps',
        'time-jitter',
        'time-repeated',
        'rows-duplicate',
        'beyond-history',
        'frozen-longer',
        'missing-more',
        'spikes',
        'counter-reset',
        'channels-equal',
        'scale-jump',
      ]),
    )
    const found = online(frame, 4096, 'moderate')
    const placed = ({ code, place, ...rest }: Issue) =>
      code === 'scale-jump' ? { code, ...rest } : { code, place, ...rest }
    expect(found.map(placed)).toEqual(expected.map(placed))
    const jump = found.find(({ code }) => code === 'scale-jump')
    expect(Math.abs(jump!.place!.start - 15_000)).toBeLessThan(50)
  })

  it('judges steps of many lengths by their first four digits', () => {
    const random = createRandom(5)
    const frame = plant(80_000, 2)
    let t = 0
    const timeMs = frame.timeMs.map(() => (t += 900 + 200 * random.uniform()))
    const loose = { ...frame, timeMs }
    const expected = validateFrame(loose, {}, { schema }).health.issues
    expect(codes(expected)).toContain('time-jitter')
    const counts = (issues: readonly Issue[]) =>
      issues.map(({ code, count }) => [code, Math.round(count / 500)])
    expect(counts(online(loose, 4096, 'moderate'))).toEqual(counts(expected))
  })

  it('tells at once of times that nothing can mend', () => {
    const frame = plant(10, 1)
    frame.timeMs[4] = Number.NaN
    const validation = validateOnline(CHANNELS, 'utc', schema, 'permissive')
    expect(validation.push(sliceFrame(frame, 0, 4))).toEqual([])
    expect(codes(validation.push(sliceFrame(frame, 4, 10)))).toEqual(['time-unreadable'])
  })
})
