import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { checkDrift, createDriftCheck, fitReference } from '../../src/drift/index.js'
import { findSeason, hoursOfWeek } from '../../src/drift/season.js'
import { loadDriftReference } from '../../src/model/reference-rules.js'

const HOUR = 3_600_000
const START = Date.UTC(2024, 0, 1)
type Level = (hour: number) => number
/** By the hour of the week, which begins on Thursday. */
const office: Level = hour => (hour >= 24 && hour < 72 ? 0 : hour % 24 >= 8 && hour % 24 < 17 ? 5 : 1)
const daily: Level = hour => 3 * Math.sin((2 * Math.PI * hour) / 24)

/** A channel every 10 minutes for `days` days; `shift` is added. */
function series(level: Level, days: number, seed: number, shift = 0, fromDay = 0): Frame {
  const random = createRandom(seed)
  const n = days * 144
  const timeMs = Float64Array.from({ length: n }, (_, i) => START + fromDay * 24 * HOUR + i * (HOUR / 6))
  const values = Float64Array.from(
    timeMs,
    time => level(Math.floor(time / HOUR) % 168) + 0.3 * random.normal() + shift,
  )
  return { timeMs, timeKind: 'utc', values, channels: ['flow'] }
}

describe('findSeason', () => {
  it('finds the hours of the week of an office, and those of a day', () => {
    const weeks = series(office, 42, 1)
    const season = findSeason(weeks, weeks.values as Float64Array)!
    // Monday at 9 against Saturday at 9: the week of 1970 began on a Thursday.
    expect(season[4 * 24 + 9]! - season[2 * 24 + 9]!).toBeCloseTo(5, 0)
    const days = series(daily, 10, 1)
    const day = findSeason(days, days.values as Float64Array)!
    expect(day[6]).toBeCloseTo(3, 0)
    expect(Array.from(day.subarray(0, 24))).toEqual(Array.from(day.subarray(24, 48)))
  })

  it('finds none in noise, in a trend, in an index, and in too short a history', () => {
    const none = (frame: Frame) => expect(findSeason(frame, frame.values as Float64Array)).toBeUndefined()
    none(series(() => 0, 42, 2))
    none(series(daily, 2, 2))
    none({ ...series(daily, 20, 2), timeKind: 'index' })
    const trend = series(() => 0, 42, 3)
    none({ ...trend, values: trend.values.map((value, i) => value + i / 500) })
  })

  it('counts hours of times before 1970, too', () => {
    expect(Array.from(hoursOfWeek(Float64Array.of(0, HOUR, -HOUR, 168 * HOUR)))).toEqual([0, 1, 167, 0])
  })
})

describe('a check with a season', async () => {
  const reference = await fitReference(series(office, 56, 1))

  it('raises no alarm in a part of a day, and finds a shift there that the season would hide', () => {
    let alarms = 0
    let found = 0
    for (let seed = 0; seed < 30; seed++) {
      const part = (shift: number) => {
        const whole = series(office, 2, 100 + seed, shift, 60 + seed)
        return { ...whole, timeMs: whole.timeMs.subarray(50, 150), values: whole.values.subarray(50, 150) }
      }
      if (checkDrift(reference, part(0)).drifted) alarms++
      if (checkDrift(reference, part(0.5)).channels[0]!.level !== 'none') found++
    }
    expect(alarms).toBeLessThanOrEqual(1)
    expect(found).toBeGreaterThanOrEqual(28)
  })

  it('finds a shift of the hours themselves', () => {
    const later = series(hour => office((hour + 160) % 168), 14, 5)
    expect(checkDrift(reference, later).channels[0]).toMatchObject({ level: 'large' })
  })

  it('is the same from its saved state, and reads references of versions 1 and 2', async () => {
    const frame = series(office, 3, 7, 0.2)
    const context = { stage: 'reference', channels: 1 }
    const saved = loadDriftReference(reference.state(), ['flow'], context)
    expect(checkDrift(saved, frame)).toEqual(checkDrift(reference, frame))
    const plain = await fitReference(series(() => 0, 10, 1))
    const { season: _, ...plainArrays } = plain.state().arrays
    const facts = { shape: [1, 4], data: plainArrays.facts.data.slice(0, 4) }
    const first = { ...plain.state(), version: 1, arrays: { ...plainArrays, facts } }
    const old = loadDriftReference(first, ['flow'], context)
    expect(checkDrift(old, frame)).toEqual(checkDrift(plain, frame))
    const second = { ...reference.state(), version: 2, arrays: { ...reference.state().arrays, facts } }
    expect(loadDriftReference(second, ['flow'], context).channels[0].meanEffect).toBeNaN()
    const wrong = { shape: [1, 5], data: Float64Array.from([0, 1, 0, 1, 0.5]) }
    const arrays = { ...reference.state().arrays, facts: wrong }
    expect(() => loadDriftReference({ ...reference.state(), arrays }, ['flow'], context)).toThrow(
      /at least 1/,
    )
    const bad = { ...reference.state().arrays, season: { shape: [1, 24], data: new Float64Array(24) } }
    expect(() => loadDriftReference({ ...reference.state(), arrays: bad }, ['flow'], context)).toThrow(
      /168 hours/,
    )
  })
})

describe('createDriftCheck', () => {
  it('gives what one check of the whole gives, however the readings are cut', async () => {
    const reference = await fitReference(series(office, 56, 1))
    const whole = series(office, 20, 3, 0.1)
    whole.values.fill(Number.NaN, 1000, 1100)
    const check = createDriftCheck(reference)
    for (const [from, to] of [
      [0, 7],
      [7, 1050],
      [1050, 1051],
      [1051, 2880],
    ])
      check.push({
        ...whole,
        timeMs: whole.timeMs.subarray(from, to),
        values: whole.values.subarray(from, to),
      })
    expect(check.report()).toEqual(checkDrift(reference, whole))
  })
})
