import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'
import { BEGINS, type ClockSettings, createClock, FOLLOWS, LATE, SET_BACK } from '../../src/validate/clock.js'

const SECOND = 1000
const settings: ClockSettings = { timeKind: 'utc', cadenceMs: SECOND, maxGap: 2 }
/** Times at 0, 1, 2 ... seconds, or others. */
const seconds = (...times: readonly number[]) => Float64Array.from(times, time => time * SECOND)
const marksOf = (times: readonly number[], more: Partial<ClockSettings> = {}) =>
  Array.from(createClock({ ...settings, ...more }).take(seconds(...times)))
const countsOf = (times: readonly number[], more: Partial<ClockSettings> = {}) => {
  const clock = createClock({ ...settings, ...more })
  clock.take(seconds(...times))
  return clock.counts()
}
const steady = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i)

/** The marks by the words of the rules: each sample is compared with those before it. */
function marksByTheWords(
  timeMs: readonly number[],
  { timeKind, cadenceMs, maxGap }: ClockSettings,
): number[] {
  const marks: number[] = []
  for (const [i, time] of timeMs.entries()) {
    if (timeKind === 'index') {
      marks.push(FOLLOWS)
      continue
    }
    if (!Number.isFinite(time)) {
      marks.push(LATE)
      continue
    }
    const readable = Array.from(timeMs.keys())
      .slice(0, i)
      .filter(k => Number.isFinite(timeMs[k]))
    const accepted = readable.filter(k => marks[k] !== LATE)
    if (accepted.length === 0) {
      marks.push(FOLLOWS)
      continue
    }
    const lastAccepted = accepted[accepted.length - 1]
    if (time < timeMs[lastAccepted]) {
      // Late ones since the last sample in order, from the last of them back while they are in order among themselves.
      const late = [...readable.filter(k => k > lastAccepted), i]
      let ordered = 1
      while (
        ordered < late.length &&
        timeMs[late[late.length - ordered - 1]] <= timeMs[late[late.length - ordered]]
      )
        ordered++
      marks.push(ordered >= SET_BACK ? BEGINS : LATE)
      continue
    }
    const step = (time - timeMs[lastAccepted]) / cadenceMs
    marks.push(step >= 1.5 && Math.round(step) - 1 > maxGap ? BEGINS : FOLLOWS)
  }
  return marks
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 400, 990, 1000, 1003, 1499, 1500, 2000, 3499, 3500, 60_000) },
  { weight: 2, arbitrary: fc.constantFrom(-500, -5000, -20_000, Number.NaN, Number.POSITIVE_INFINITY) },
)
/** Any step, and then a run in order, long enough to show that the clock was set back. */
const run = fc
  .record({ first: step, rest: fc.array(fc.constantFrom(1000, 1000, 1000, 0), { maxLength: 14 }) })
  .map(({ first, rest }) => [first, ...rest])
const steps = fc.array(run, { maxLength: 8 }).map(runs => runs.flat())
const times = steps.map(list => {
  let now = 1e12
  return list.map(step => {
    if (!Number.isFinite(step)) return step
    now += step
    return now
  })
})
const anySettings: fc.Arbitrary<ClockSettings> = fc.record({
  timeKind: fc.constantFrom('utc' as const, 'utc' as const, 'index' as const),
  cadenceMs: fc.constantFrom(1000, 1000, Number.NaN),
  maxGap: fc.integer({ min: 0, max: 5 }),
})

describe('createClock', () => {
  it('begins again after more missing samples than a window may span, by the cadence of the history', () => {
    expect(marksOf([0, 1, 2, 5, 6, 10, 11])).toEqual([
      FOLLOWS,
      FOLLOWS,
      FOLLOWS,
      FOLLOWS,
      FOLLOWS,
      BEGINS,
      FOLLOWS,
    ])
    expect(countsOf([0, 1, 2, 5, 6, 10, 11])).toMatchObject({ gaps: 2, gapMissing: 5, firstGap: 2 })
    expect(marksOf([0, 1, 3], { maxGap: 0 })).toEqual([FOLLOWS, FOLLOWS, BEGINS])
  })

  it('sees no gaps without a cadence', () => {
    expect(marksOf([0, 1, 100, 10_000], { cadenceMs: Number.NaN })).toEqual(new Array(4).fill(FOLLOWS))
    expect(countsOf([0, 1, 100], { cadenceMs: Number.NaN })).toMatchObject({ gaps: 0, near: 0, forward: 2 })
  })

  it('lets equal times follow one another', () => {
    expect(marksOf([0, 1, 1, 1, 2])).toEqual(new Array(5).fill(FOLLOWS))
    expect(countsOf([0, 1, 1, 1, 2])).toMatchObject({
      repeated: 2,
      firstRepeated: 2,
      forward: 2,
      backwards: 0,
    })
  })

  it('takes a sample before the latest time as late, and continues from the latest', () => {
    expect(marksOf([0, 1, 2, 1, 1.5, 3, 4])).toEqual([0, 0, 0, LATE, LATE, FOLLOWS, FOLLOWS])
    expect(countsOf([0, 1, 2, 1, 1.5, 3, 4])).toMatchObject({ backwards: 2, firstBackwards: 3, gaps: 0 })
  })

  it('believes a clock that was set back after ten consecutive samples, which is a gap', () => {
    const equal = [...steady(5, 100), ...new Array<number>(SET_BACK).fill(50)]
    expect(marksOf(equal).at(-1)).toBe(BEGINS)
    const times = [...steady(5, 100), ...steady(12, 50)]
    const marks = marksOf(times)
    expect(marks.slice(5)).toEqual([...new Array(SET_BACK - 1).fill(LATE), BEGINS, FOLLOWS, FOLLOWS])
    expect(countsOf(times)).toMatchObject({ backwards: SET_BACK, firstBackwards: 5, repeated: 0 })
  })

  it('starts counting again when late samples are not in order themselves', () => {
    const times = [...steady(5, 100), ...steady(9, 50), ...steady(9, 20), ...steady(1, 105)]
    expect(marksOf(times).slice(5)).toEqual([...new Array(18).fill(LATE), FOLLOWS])
    const broken = [...steady(5, 100), ...steady(9, 50), 105, ...steady(9, 50)]
    expect(marksOf(broken)).not.toContain(BEGINS)
  })

  it('does not score a sample whose time cannot be read, and measures the next from the one before', () => {
    expect(marksOf([0, 1, Number.NaN, Number.POSITIVE_INFINITY, 4])).toEqual([0, 0, LATE, LATE, FOLLOWS])
    expect(countsOf([0, 1, Number.NaN, 3])).toMatchObject({ unreadable: 1, firstUnreadable: 2, gaps: 1 })
    expect(marksOf([Number.NaN, 5, 6])).toEqual([LATE, FOLLOWS, FOLLOWS])
  })

  it('lets numbered samples follow, whatever their numbers', () => {
    const numbered = { timeKind: 'index' } as const
    expect(marksOf([0, 1, 100, 3, Number.NaN], numbered)).toEqual(new Array(5).fill(FOLLOWS))
    expect(countsOf([0, 1, 100, 3, 3], numbered)).toMatchObject({ gaps: 0, backwards: 0, repeated: 0 })
  })

  it('distinguishes jitter from gaps and from steps at the cadence', () => {
    expect(countsOf([0, 1, 2.3, 3, 4.0005, 5])).toMatchObject({
      forward: 5,
      near: 5,
      jitter: 2,
      largestJitterMs: expect.closeTo(300, 6),
      gaps: 0,
    })
    expect(countsOf([0, 0.4, 1.4])).toMatchObject({ forward: 2, near: 1, jitter: 1 })
  })

  it('finds the step that most steps equal', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 }),
        fc.infiniteStream(fc.nat(1000)),
        (others, order) => {
          // More steps of 20 s than others, in any order.
          const list = [...others, ...new Array<number>(others.length + 1).fill(20)]
          const shuffled = list
            .map(step => ({ step, key: order.next().value }))
            .sort((a, b) => a.key - b.key)
            .map(({ step }) => step)
          let now = 0
          const clock = createClock(settings)
          clock.take(seconds(0, ...shuffled.map(step => (now += step))))
          const { majorityMs, votes } = clock.counts()
          expect(majorityMs).toBe(20_000)
          expect(votes).toBeGreaterThan(0)
          expect(votes).toBeLessThanOrEqual(others.length + 1)
        },
      ),
      { seed: 1 },
    )
    expect(countsOf([0, 5, 10, 15.02, 20])).toMatchObject({ majorityMs: 5000, votes: 4 })
  })

  it('marks each sample as the words of its rules say', () => {
    let setBack = 0
    fc.assert(
      fc.property(times, anySettings, (list, chosen) => {
        const marks = Array.from(createClock(chosen).take(Float64Array.from(list)))
        expect(marks).toEqual(marksByTheWords(list, chosen))
        if (marks.join('').includes(`${`${LATE}`.repeat(SET_BACK - 1)}${BEGINS}`)) setBack++
      }),
      { numRuns: 2000, seed: 3 },
    )
    expect(setBack).toBeGreaterThan(100)
  })

  it('gives the same marks and counts however the series is cut, and from its state at any cut', () => {
    fc.assert(
      fc.property(times, anySettings, fc.array(fc.nat(80), { maxLength: 5 }), (list, chosen, cuts) => {
        const timeMs = Float64Array.from(list)
        const whole = createClock(chosen)
        const wanted = Array.from(whole.take(timeMs))
        let part = createClock(chosen)
        const marks: number[] = []
        let from = 0
        for (const to of [...cuts.map(cut => Math.min(cut, list.length)), list.length].sort(
          (a, b) => a - b,
        )) {
          marks.push(...part.take(timeMs.subarray(from, to)))
          part = createClock(chosen, stateFromBytes(stateToBytes(part.state())))
          from = to
        }
        expect(marks).toEqual(wanted)
        expect(part.counts()).toEqual(whole.counts())
        expect(stateToBytes(part.state())).toEqual(stateToBytes(whole.state()))
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  it('refuses the state of something else', () => {
    const state = createClock(settings).state()
    const unfit = expect.objectContaining({ code: 'state-unfit' })
    expect(() => createClock(settings, { ...state, kind: 'online:events' })).toThrow(unfit)
    expect(() => createClock(settings, { ...state, arrays: {} })).toThrow(unfit)
  })
})
