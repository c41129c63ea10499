import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { checkEventOptions, type EventOptions, eventCounting } from '../../src/events/index.js'
import { clusterCount } from '../../src/stats/index.js'
import { alarmBudgetThreshold, estimateAlarms, quantileThreshold } from '../../src/threshold/index.js'

const SAMPLES_PER_DAY = 288
/** The series below do not change their operation. */
const SETTING = { cadenceMs: 300_000, mergeGap: 3, operationChange: 0 }
const RULE = { mergeGap: 3, minLength: 1 }

/** Squares of an autocorrelated normal series: runs of exceedances, as residuals have them. */
function series(days: number, seed: number): Float32Array {
  const random = createRandom(seed)
  let x = random.normal()
  return Float32Array.from({ length: days * SAMPLES_PER_DAY }, () => {
    x = 0.8 * x + 0.6 * random.normal()
    return x * x
  })
}

describe('alarmBudgetThreshold', () => {
  it.each([
    ['1 a day', 1],
    ['1 a week', 1 / 7],
    ['1 a month', 1 / 30],
  ])('at %s keeps its expectedAlarms on data it has not seen', (_, rate) => {
    const days = 90
    const runs = Array.from({ length: 20 }, (_, seed) => {
      const { level, expectedAlarms } = alarmBudgetThreshold(rate, SETTING).fit(series(days, seed))
      const realised = clusterCount(series(days, 1000 + seed), level, RULE) / days
      return {
        realised,
        inside: realised >= expectedAlarms.low && realised <= expectedAlarms.high,
        expectedAlarms,
      }
    })
    expect(runs.filter(({ inside }) => inside).length).toBeGreaterThanOrEqual(18)
    const mean = runs.reduce((sum, { realised }) => sum + realised, 0) / runs.length
    expect(mean / rate).toBeGreaterThan(0.6)
    expect(mean / rate).toBeLessThan(1.5)
    expect(runs.every(({ expectedAlarms }) => expectedAlarms.warning === null)).toBe(true)
  })

  it('counts fewer independent decisions than samples when scores come in runs', () => {
    const { decisionsPerDay } = alarmBudgetThreshold(1, SETTING).fit(series(60, 1)).expectedAlarms
    expect(decisionsPerDay).toBeLessThan(0.8 * SAMPLES_PER_DAY)
    expect(decisionsPerDay).toBeGreaterThan(0.1 * SAMPLES_PER_DAY)
  })

  it('says which rate a short calibration supports and how much data would do, and gives a wider interval', () => {
    const short = alarmBudgetThreshold(1 / 30, { ...SETTING, horizonDays: 90 }).fit(
      series(5, 1),
    ).expectedAlarms
    const long = alarmBudgetThreshold(1 / 30, { ...SETTING, horizonDays: 90 }).fit(
      series(300, 1),
    ).expectedAlarms
    expect(short.warning).toContain('support estimates of 12/month or more, not 1/month')
    expect(short.warning).toContain('give about 60 days of normal data')
    const enough = alarmBudgetThreshold(1 / 30, SETTING).fit(series(61, 1)).expectedAlarms
    expect(enough.warning).toBeNull()
    expect(long.warning).toBeNull()
    expect(short.high).toBeGreaterThan(long.high)
  })

  it('says so when no level has as many alarms as were asked for', () => {
    const { expectedAlarms } = alarmBudgetThreshold(200, SETTING).fit(series(10, 1))
    expect(expectedAlarms.warning).toContain('no level reaches')
  })

  it('of constant scores gives no estimate', () => {
    const fitted = alarmBudgetThreshold(1, SETTING).fit(new Float32Array(1000).fill(2))
    expect(fitted.level).toBe(2)
    expect(fitted.expectedAlarms).toMatchObject({ clusters: 0, expectedPerDay: 0, low: 0 })
    expect(fitted.expectedAlarms.warning).toContain('do not vary')
  })

  it('takes NaN as time that was not scored', () => {
    const scores = series(30, 2)
    const gap = new Float32Array(scores.length + 2880).fill(Number.NaN)
    gap.set(scores.subarray(0, 4000))
    gap.set(scores.subarray(4000), 4000 + 2880)
    const a = alarmBudgetThreshold(1, SETTING).fit(scores)
    const b = alarmBudgetThreshold(1, SETTING).fit(gap)
    expect(b.expectedAlarms.spanDays).toBe(a.expectedAlarms.spanDays)
    expect(Math.abs(b.level / a.level - 1)).toBeLessThan(0.05)
  })

  it('lowers the level when only long events count', () => {
    const scores = series(60, 3)
    const level = (minLength: number) => alarmBudgetThreshold(1, { ...SETTING, minLength }).fit(scores).level
    expect(level(4)).toBeLessThan(level(1))
    const events = clusterCount(scores, level(4), { mergeGap: 3, minLength: 4 })
    expect(events / 60).toBeGreaterThan(0.6)
    expect(events / 60).toBeLessThan(1.6)
  })
})

/** Smoothed squares: they stay above a level for many samples, dip below and come back. */
function smooth(days: number, seed: number): Float32Array {
  const raw = series(days, seed)
  return raw.map((_, i) => {
    const last = raw.subarray(Math.max(0, i - 11), i + 1)
    return last.reduce((sum, value) => sum + value, 0) / last.length
  })
}

describe('with the rules that make events', () => {
  const days = 60
  it.each<[string, EventOptions, number]>([
    ['m of n', { openCount: 4, openWithin: 8, mergeGap: 3 }, 1],
    ['hysteresis', { closeBelow: 0.6, mergeGap: 0 }, 1],
    ['long events', { minLength: 6, mergeGap: 3 }, 1],
    ['long events or critical scores', { minLength: 8, criticalScore: 1.3, mergeGap: 0 }, 1],
    ['a cool-down of half a day', { coolDown: 144 }, 1],
    ['a cool-down of three days', { coolDown: 864 }, 1 / 4],
    ['a cool-down that critical scores break', { coolDown: 288, criticalScore: 1.2 }, 1],
  ])('%s, the budget keeps its expectedAlarms on data it has not seen', (_, options, rate) => {
    const events = eventCounting(checkEventOptions(options))
    const runs = Array.from({ length: 20 }, (_, seed) => {
      const { level, expectedAlarms } = alarmBudgetThreshold(rate, { ...SETTING, events }).fit(
        smooth(days, seed),
      )
      const realised = events.count(smooth(days, 1000 + seed), level) / days
      return {
        realised,
        inside: realised >= expectedAlarms.low && realised <= expectedAlarms.high,
        expectedAlarms,
      }
    })
    expect(runs.filter(({ inside }) => inside).length).toBeGreaterThanOrEqual(18)
    const mean = runs.reduce((sum, { realised }) => sum + realised, 0) / runs.length
    // Long events take many samples each: the level that leaves 3 % of the time above it gives fewer of them than were asked for.
    const expected =
      runs.reduce((sum, { expectedAlarms }) => sum + expectedAlarms.expectedPerDay, 0) / runs.length
    expect(mean / Math.min(rate, expected)).toBeGreaterThan(0.65)
    expect(mean / rate).toBeGreaterThan(0.5)
    expect(mean / rate).toBeLessThan(1.5)
  })

  it('plain ones give the level of the clusters', () => {
    const scores = series(60, 6)
    const events = eventCounting(checkEventOptions({ mergeGap: 3 }))
    expect(alarmBudgetThreshold(1, { ...SETTING, events }).fit(scores).expectedAlarms).toEqual(
      alarmBudgetThreshold(1, SETTING).fit(scores).expectedAlarms,
    )
  })

  it('says what the counting leaves out', () => {
    const { warning } = alarmBudgetThreshold(1, { ...SETTING, caveat: 'without maintenance' }).fit(
      series(60, 1),
    ).expectedAlarms
    expect(warning).toBe('counted without maintenance')
  })

  it('says so when a cool-down leaves no such rate', () => {
    const events = eventCounting(checkEventOptions({ coolDown: 2 * SAMPLES_PER_DAY }))
    const { expectedAlarms } = alarmBudgetThreshold(2, { ...SETTING, events }).fit(series(60, 1))
    expect(expectedAlarms.warning).toContain('no level reaches 2/day')
  })
})

describe('estimateAlarms', () => {
  it('of a level found in another way counts what that level did', () => {
    const scores = series(60, 4)
    const { level } = quantileThreshold(0.999).fit(scores)
    const expectedAlarms = estimateAlarms(scores, level, SETTING)
    const observed = clusterCount(scores, level, RULE) / 60
    expect(Math.abs(expectedAlarms.expectedPerDay / observed - 1)).toBeLessThan(0.4)
    expect(expectedAlarms.low).toBeLessThan(observed)
    expect(expectedAlarms.high).toBeGreaterThan(observed)
  })

  it('agrees with the budget that a level was made for', () => {
    const scores = series(60, 5)
    const fitted = alarmBudgetThreshold(1, SETTING).fit(scores)
    const { expectedPerDay } = estimateAlarms(scores, fitted.level, SETTING)
    expect(Math.abs(expectedPerDay / fitted.expectedAlarms.expectedPerDay - 1)).toBeLessThan(0.2)
  })
})

describe('a budget that only a level among normal scores would meet', () => {
  // Scores that change over hours: few separate peaks.
  const random = createRandom(3)
  let level = 0
  const slow = Float32Array.from({ length: 20_000 }, () => {
    level = 0.998 * level + 0.06 * random.normal()
    return Math.exp(level)
  })
  const setting = { cadenceMs: 300_000 }

  it('keeps the device out of alarm for 97 % of the time, and says how many alarms that gives', () => {
    const { level, expectedAlarms } = alarmBudgetThreshold(20, setting).fit(slow)
    expect(slow.filter(score => score > level).length / slow.length).toBeLessThanOrEqual(0.03)
    expect(expectedAlarms.aboveShare).toBeLessThanOrEqual(0.03)
    expect(expectedAlarms.expectedPerDay).toBeLessThan(10)
    expect(expectedAlarms.warning).toContain('more than 3 % in alarm is not taken')
  })

  it('warns of a given level that leaves it in alarm', () => {
    const expectedAlarms = estimateAlarms(slow, 1, setting)
    expect(expectedAlarms.aboveShare).toBeGreaterThan(0.3)
    expect(expectedAlarms.warning).toContain('in alarm')
  })
})
