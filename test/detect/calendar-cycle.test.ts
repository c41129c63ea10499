import { beforeAll, describe, expect, it } from 'vitest'
import { ALIGNMENTS } from '../../src/core/contracts.js'
import { asScaled, type ScaledFrame, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { createZoneOffsets } from '../../src/core/zone-offset.js'
import { type CalendarCycle, cycleExpected, findCycle } from '../../src/detect/calendar-cycle.js'
import { auto, type CrossFittedEnsemble, detectorLoader, scoreSeries } from '../../src/detect/index.js'
import { mean, standardDeviation } from '../../src/stats/index.js'
import { throughJson } from './suite.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.UTC(2024, 2, 1)

interface Room {
  readonly stepMs?: number
  /** Size of the daily cycle; the noise has the deviation 0.3. */
  readonly swing?: number
  readonly seed?: number
  readonly startMs?: number
}

/** A room that is heated on five days of the week: cooler from Saturday to Sunday, in UTC. */
function office(days: number, made: Room = {}): ScaledFrame {
  const frame = room(days, made)
  const values = frame.values.map((value, i) => (isWeekend(frame.timeMs[i]) ? value - 3 : value))
  return asScaled({ timeMs: frame.timeMs, timeKind: 'utc', channels: ['room'] }, values)
}

const isWeekend = (timeMs: number) => [0, 6].includes(new Date(timeMs).getUTCDay())

/** The temperature of a room: warmest in the afternoon. */
function room(
  days: number,
  { stepMs = HOUR / 4, swing = 2, seed = 1, startMs = START }: Room = {},
): ScaledFrame {
  const random = createRandom(seed)
  const timeMs = Float64Array.from({ length: (days * DAY) / stepMs }, (_, i) => startMs + i * stepMs)
  const values = Float32Array.from(timeMs, time => swing * cycleAt(time) + 0.3 * random.normal())
  return asScaled({ timeMs, timeKind: 'utc', channels: ['room'] }, values)
}

const cycleAt = (time: number) => Math.sin(2 * Math.PI * (time / DAY - 0.4))
const context = { validation: room(1, { seed: 9 }), seed: 1 }

describe('a daily cycle', () => {
  it.each([HOUR / 12, HOUR / 4, HOUR])(
    'is what the channel reads at each time of day, every %i ms',
    stepMs => {
      const { cycle } = findCycle(room(21, { stepMs }))!
      const times = Float64Array.from({ length: 48 }, (_, i) => START + (i * DAY) / 48)
      const expected = cycleExpected(cycle, { timeMs: times })
      times.forEach((time, i) => {
        expect(Math.abs(expected[i] - 2 * cycleAt(time))).toBeLessThan(0.3)
      })
      expect(cycle.rest).toBeGreaterThan(0.29)
      expect(cycle.rest).toBeLessThan(0.36)
      expect(cycle.explained).toBeGreaterThan(0.9)
    },
  )

  it('of a reading comes from the other days alone', () => {
    const frame = room(8)
    const wild = { ...frame, values: frame.values.slice() } as ScaledFrame
    wild.values.subarray(3 * 96, 4 * 96).fill(40)
    const at = (of: ScaledFrame) => findCycle(of)!.expected.subarray(3 * 96, 4 * 96)
    expect(at(wild)).toEqual(at(frame))
  })

  it('is none without five days, without times, where it explains less than half, and with missing readings alone', () => {
    expect(findCycle(room(4.4))).toBeUndefined()
    expect(findCycle(room(5))).toBeDefined()
    expect(findCycle(room(8))).toBeDefined()
    expect(findCycle({ ...room(8), timeKind: 'index' })).toBeUndefined()
    expect(findCycle(room(8, { swing: 0.2 }))).toBeUndefined()
    const frame = room(8)
    expect(findCycle({ ...frame, values: frame.values.map(() => Number.NaN) } as ScaledFrame)).toBeUndefined()
  })

  it('is none where days lie between those with readings, or hours of the day have none', () => {
    const kept = (keep: (timeMs: number) => boolean, stepMs?: number) => {
      const { timeMs, values } = room(21, { stepMs })
      const rows = [...timeMs.keys()].filter(i => keep(timeMs[i]))
      const frame = {
        timeMs: Float64Array.from(rows, i => timeMs[i]),
        timeKind: 'utc',
        channels: ['room'],
      } as const
      return findCycle(
        asScaled(
          frame,
          Float32Array.from(rows, i => values[i]),
        ),
      )
    }
    const day = (timeMs: number) => Math.floor((timeMs - START) / DAY)
    const hour = (timeMs: number) => (timeMs % DAY) / HOUR
    expect(kept(timeMs => day(timeMs) % 10 === 0)).toBeUndefined()
    expect(kept(timeMs => day(timeMs) % 4 === 0)).toBeDefined()
    expect(kept(timeMs => hour(timeMs) >= 8 && hour(timeMs) < 16)).toBeUndefined()
    expect(kept(timeMs => hour(timeMs) >= 2)).toBeDefined()
    expect(kept(() => true, 6 * HOUR)).toBeDefined()
    expect(kept(() => true, 7 * HOUR)).toBeDefined()
  })
})

describe('a machine that starts and stops at the minute', () => {
  /** On from 7:00 to 17:00, at times that lie `offsetMs` beside the grid of the cadence. */
  const plant = (days: number, stepMs: number, offsetMs: number, seed = 1) => {
    const random = createRandom(seed)
    const timeMs = Float64Array.from(
      { length: (days * DAY) / stepMs },
      (_, i) => START + offsetMs + i * stepMs,
    )
    const values = Float32Array.from(timeMs, time => (isOn(time) ? 4 : 0) + 0.1 * random.normal())
    return asScaled({ timeMs, timeKind: 'utc', channels: ['load'] }, values)
  }
  const isOn = (time: number) => time % DAY >= 7 * HOUR && time % DAY < 17 * HOUR

  it.each([
    [HOUR / 60, 0],
    [HOUR / 12, 0],
    [HOUR / 12, 100_000],
    [HOUR / 4, 0],
    [HOUR / 4, 450_000],
    [HOUR / 4, 899_000],
    [HOUR / 2, 0],
    [HOUR, 0],
    [HOUR, 600_000],
  ])('is expected to, with samples every %i ms and %i ms beside the grid', (stepMs, offsetMs) => {
    const { cycle, expected } = findCycle(plant(14, stepMs, offsetMs))!
    const live = plant(3, stepMs, offsetMs + 40 * DAY, 2)
    const later = cycleExpected(cycle, live)
    live.timeMs.forEach((time, i) => {
      expect(Math.abs(later[i] - (isOn(time) ? 4 : 0)), new Date(time).toISOString()).toBeLessThan(0.3)
    })
    expect(
      expected.findIndex((value, i) => Math.abs(value - (isOn(START + offsetMs + i * stepMs) ? 4 : 0)) > 0.3),
    ).toBe(-1)
  })

  it('is so where times differ by some seconds', () => {
    const random = createRandom(4)
    const frame = plant(14, HOUR / 4, HOUR / 12)
    const jittered = {
      ...frame,
      timeMs: frame.timeMs.map(time => time + 20_000 * (random.uniform() - 0.5)),
    } as ScaledFrame
    const { cycle } = findCycle(jittered)!
    const later = cycleExpected(cycle, plant(2, HOUR / 4, HOUR / 12 + 40 * DAY))
    expect(later.filter(value => Math.abs(value) > 0.3 && Math.abs(value - 4) > 0.3)).toHaveLength(0)
  })
})

describe('a weekly cycle', () => {
  it('is what the channel reads at each time of the week', () => {
    const { cycle, expected } = findCycle(office(56))!
    expect(cycle.days).toBe(7)
    const timeMs = Float64Array.from({ length: 7 * 48 }, (_, i) => START + 90 * DAY + (i * DAY) / 48)
    cycleExpected(cycle, { timeMs }).forEach((value, i) => {
      const hour = (timeMs[i] % DAY) / HOUR
      // Between two days the profile is a line of a quarter of an hour.
      if (hour < 0.5 || hour > 23.4) return
      expect(Math.abs(value - 2 * cycleAt(timeMs[i]) + (isWeekend(timeMs[i]) ? 3 : 0))).toBeLessThan(0.5)
    })
    expect(expected).toHaveLength(56 * 96)
    expect(cycle.explained).toBeGreaterThan(0.9)
  })

  it('is none where all days are alike, and where a day of the week is there less than three times', () => {
    for (const seed of [1, 2, 3, 4]) {
      expect(findCycle(room(56, { seed }))!.cycle.days).toBe(1)
      expect(findCycle(room(24, { seed }))!.cycle.days).toBe(1)
    }
    expect(findCycle(office(20))!.cycle.days).toBe(1)
    expect(findCycle(office(21))!.cycle.days).toBe(7)
  })

  it('is not found because of days that are unlike any other', () => {
    const frame = room(42)
    frame.values.subarray(9 * 96, 12 * 96).fill(12)
    expect(findCycle(frame)!.cycle.days).toBe(1)
  })

  it('keeps weekends from being events, and finds the heating that stays on at one', async () => {
    const fitted = await auto().fit(office(56), context)
    expect(fitted.cycle?.days).toBe(7)
    const live = office(14, { seed: 4, startMs: START + 56 * DAY })
    const { score: quiet } = await scoreSeries(fitted, live, { alignment: 'two-sided' })
    const saturday = live.timeMs.findIndex(timeMs => new Date(timeMs).getUTCDay() === 6)
    for (let i = saturday + 20; i < saturday + 80; i++) live.values[i] += 3
    const { score } = await scoreSeries(fitted, live, { alignment: 'two-sided' })
    expect(Math.min(...score.subarray(saturday + 24, saturday + 76))).toBeGreaterThan(
      1.2 * Math.max(...quiet.filter(Number.isFinite)),
    )
  })
})

describe('the clock of a time zone', () => {
  const zone = 'Europe/Berlin'
  const offsetAt = createZoneOffsets(zone, '')
  /** Heated by the clock on the wall: UTC is an hour behind it in winter, two in summer, from 31 March on. */
  const heated = (days: number, made: Room = {}) => {
    const frame = room(days, made)
    const random = createRandom(5)
    const values = frame.values.map((_, i) => {
      const local = frame.timeMs[i] + offsetAt(frame.timeMs[i])
      return 2 * cycleAt(local) + 0.3 * random.normal()
    })
    return asScaled({ timeMs: frame.timeMs, timeKind: 'utc', channels: ['room'] }, values)
  }

  it('moves the cycle when clocks change', () => {
    const { cycle } = findCycle(heated(21), zone)!
    const summer = heated(7, { startMs: START + 60 * DAY })
    const left = (of: CalendarCycle) => {
      const expected = cycleExpected(of, summer)
      return mean(summer.values.map((value, i) => Math.abs(value - expected[i])))
    }
    expect(left(cycle)).toBeLessThan(0.3)
    expect(left(findCycle(heated(21))!.cycle)).toBeGreaterThan(0.35)
  })

  it('is part of what a model keeps, and a zone that is none is refused', async () => {
    const fitted = await auto().fit(heated(14), { ...context, timeZone: zone })
    const restored = detectorLoader()(throughJson(fitted.state())) as CrossFittedEnsemble
    expect(restored.cycle).toEqual(fitted.cycle)
    expect(restored.cycle?.zone).toBe(zone)
    const state = throughJson(fitted.state())
    const options = state.options as { cycle: object }
    const forged = { ...state, options: { ...options, cycle: { ...options.cycle, zone: 'Europe/Atlantis' } } }
    expect(() => detectorLoader()(forged as typeof state)).toThrow(/zone/)
  })
})

describe('auto on one channel with a daily cycle', () => {
  let fitted: CrossFittedEnsemble
  let frame: ScaledFrame
  /** 6 hours at night at which the room is as warm as it is in the afternoon. */
  const fault = { start: 3 * 96, end: 3 * 96 + 24 }
  beforeAll(async () => {
    fitted = await auto().fit(room(21), context)
    frame = room(6, { seed: 2, startMs: START + 30 * DAY })
    for (let i = fault.start; i < fault.end; i++) frame.values[i] = 1.5 + 0.3 * frame.values[i]
  })

  it('sees all of a fault whose readings are usual ones at another time of day', async () => {
    const { score } = await scoreSeries(fitted, frame, { alignment: 'two-sided' })
    const others = [...score].filter((_, i) => i > 30 && (i < fault.start - 30 || i > fault.end + 30))
    const inside = [...score.subarray(fault.start + 2, fault.end - 2)]
    expect(Math.max(...frame.values.subarray(fault.start, fault.end))).toBeLessThan(2.5)
    expect(Math.min(...inside)).toBeGreaterThan(1.2 * Math.max(...others))
  })

  it('scores days that it has not seen as it scored those that it held back', async () => {
    const quiet = await scoreSeries(fitted, room(14, { seed: 3, startMs: START + 40 * DAY }), {
      alignment: 'two-sided',
    })
    const logs = (scores: Float32Array) => Float64Array.from(scores.filter(Number.isFinite), Math.log)
    const [live, held] = [logs(quiet.score), logs((await fitted.heldBack!('two-sided')).score)]
    expect(Math.abs(mean(live) - mean(held))).toBeLessThan(0.5 * standardDeviation(held))
  })

  it('expects readings, not what their cycle leaves', async () => {
    const { expected } = await scoreSeries(fitted, frame, { alignment: 'causal', expected: true })
    for (let i = 20; i < 200; i++)
      expect(Math.abs(expected![i] - 2 * cycleAt(frame.timeMs[i]))).toBeLessThan(1)
  })

  it.each(ALIGNMENTS)(
    'gives the same bits in parts, from its state and from a saved model, %s',
    async alignment => {
      const whole = await scoreSeries(fitted, frame, { alignment })
      const restored = detectorLoader()(throughJson(fitted.state()))
      let scorer = restored.online({ alignment })
      const parts: number[] = []
      for (let start = 0; start < 576; start += 50) {
        parts.push(...scorer.push(sliceFrame(frame, start, Math.min(576, start + 50)) as ScaledFrame).score)
        scorer = restored.online({ alignment }, throughJson(scorer.state()))
      }
      parts.push(...scorer.finish().score)
      expect(Float32Array.from(parts)).toEqual(whole.score)
    },
  )

  it('refuses windows, which have no times', () => {
    const values = new Float32Array(fitted.windowLength)
    expect(() => fitted.scoreWindows(values, 1, new Float32Array(1))).toThrow(
      expect.objectContaining({ code: 'times-needed' }),
    )
  })

  it('refuses readings without times', async () => {
    const timeless = { ...frame, timeKind: 'index' } as ScaledFrame
    await expect(scoreSeries(fitted, timeless, { alignment: 'causal' })).rejects.toMatchObject({
      code: 'times-needed',
    })
  })

  it('refuses a saved cycle of another length', () => {
    const state = throughJson(fitted.state())
    const cycle = { shape: [95], data: new Float64Array(95) }
    const forged = { ...state, arrays: { ...state.arrays, cycle } }
    expect(() => detectorLoader()(forged)).toThrow(/cycle: parts of 1 days of one channel are expected/)
  })
})
