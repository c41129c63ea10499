import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { profileTimes, timeBreaks } from '../../src/validate/time-profile.js'

function timed(seconds: readonly number[]): Frame {
  const timeMs = Float64Array.from(seconds, s => s * 1000)
  return { timeMs, timeKind: 'utc', values: new Float64Array(timeMs.length), channels: ['a'] }
}

const steady = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + 10 * i)

describe('the profile of time stamps', () => {
  it('finds the cadence and each gap with the number of samples that are missing', () => {
    const profile = profileTimes(timed([...steady(50), ...steady(50, 520), ...steady(20, 2000)]))
    expect(profile).toMatchObject({ cadenceMs: 10_000, repeated: 0, backwards: 0, jitter: 0 })
    expect(profile.gaps).toEqual([
      { before: 49, fromMs: 490_000, toMs: 520_000, missing: 2 },
      { before: 99, fromMs: 1_010_000, toMs: 2_000_000, missing: 98 },
    ])
    expect(timeBreaks(profile, 5)).toEqual([100])
    expect(timeBreaks(profile, 1)).toEqual([50, 100])
  })

  it('counts repeated times, steps backwards and unreadable times with their first places', () => {
    const times = [...steady(20), 190, 150, Number.NaN, ...steady(10, 200)]
    expect(profileTimes(timed(times))).toMatchObject({
      repeated: 1,
      firstRepeated: 20,
      backwards: 1,
      firstBackwards: 21,
      unreadable: 1,
      firstUnreadable: 22,
    })
  })

  it('tells jitter from gaps', () => {
    const times = steady(100).map((t, i) => (i === 40 ? t + 2 : t))
    expect(profileTimes(timed(times))).toMatchObject({ gaps: [], jitter: 2, largestJitterMs: 2000 })
  })

  it('sees no gaps in a series without a cadence', () => {
    let at = 0
    const times = Array.from({ length: 200 }, (_, i) => (at += 1 + ((i * 7919) % 101)))
    const profile = profileTimes(timed(times))
    expect(profile.regularShare).toBeLessThan(0.8)
    expect(profile.gaps).toEqual([])
  })

  it('has no cadence for numbered samples, one sample or none', () => {
    expect(profileTimes({ ...timed(steady(9)), timeKind: 'index' }).cadenceMs).toBeNaN()
    expect(profileTimes(timed([5])).cadenceMs).toBeNaN()
    expect(profileTimes(timed([]))).toMatchObject({ gaps: [], regularShare: 1 })
  })
})
