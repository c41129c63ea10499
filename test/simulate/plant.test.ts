import { describe, expect, it } from 'vitest'
import { type Frame, sampleCount } from '../../src/core/frame.js'
import { FAULT_KINDS, generatePlant, SENSORS } from '../../src/simulate/index.js'
import { mad, mean, quantile, standardDeviation } from '../../src/stats/index.js'

const column = (frame: Frame, name: string) => {
  const c = frame.channels.indexOf(name)
  return Array.from(frame.timeMs, (_, i) => frame.values[i * frame.channels.length + c])
}
const correlation = (a: number[], b: number[]) => {
  const [ma, mb] = [mean(a), mean(b)]
  return mean(a.map((x, i) => (x - ma) * (b[i] - mb))) / (standardDeviation(a) * standardDeviation(b))
}

describe('generatePlant', () => {
  const plant = generatePlant({ channels: SENSORS.length })

  it('gives a training and a test frame of `rows` samples each that continue one another in time', () => {
    const { train, test, labels } = generatePlant()
    expect([sampleCount(train), sampleCount(test), labels.length]).toEqual([10_000, 10_000, 10_000])
    expect(train.channels).toEqual([
      'power',
      'flow',
      'pressure',
      'motor_temperature',
      'vibration',
      'valve_position',
    ])
    expect(test.channels).toEqual(train.channels)
    expect(train.timeMs[0]).toBe(Date.UTC(2024, 0, 1))
    expect(test.timeMs[0] - train.timeMs[9999]).toBe(60_000)
    expect(train.timeKind).toBe('utc')
  })

  it('keeps cadence and start as asked', () => {
    const { train } = generatePlant({
      rows: 100,
      faults: 0,
      cadenceSeconds: 0.5,
      start: '2024-03-01T01:00+01:00',
    })
    expect(Array.from(train.timeMs.subarray(0, 2))).toEqual([
      Date.UTC(2024, 2, 1),
      Date.UTC(2024, 2, 1) + 500,
    ])
  })

  it('has finite values only', () => {
    expect(plant.train.values.every(Number.isFinite) && plant.test.values.every(Number.isFinite)).toBe(true)
  })

  it('names further channels in rounds of the table of sensors', () => {
    const { train } = generatePlant({ rows: 50, faults: 0, channels: 2 * SENSORS.length + 1 })
    expect(train.channels.slice(SENSORS.length, SENSORS.length + 2)).toEqual(['power_2', 'flow_2'])
    expect(train.channels.at(-1)).toBe('power_3')
    expect(new Set(train.channels).size).toBe(train.channels.length)
  })

  it('correlates the channels through their common causes', () => {
    const power = column(plant.train, 'power')
    expect(correlation(power, column(plant.train, 'flow'))).toBeGreaterThan(0.9)
    expect(correlation(power, column(plant.train, 'vibration'))).toBeGreaterThan(0.8)
    expect(correlation(power, column(plant.train, 'pressure'))).toBeLessThan(-0.4)
    const demand = column(plant.train, 'tank_level')
    expect(Math.abs(correlation(power, demand))).toBeLessThan(0.5)
  })

  it('lets temperatures lag behind the load', () => {
    const power = column(plant.train, 'power')
    const bearing = column(plant.train, 'bearing_temperature')
    const lagged = (k: number) => correlation(power.slice(0, -k || undefined), bearing.slice(k))
    expect(lagged(45)).toBeGreaterThan(lagged(0) + 0.05)
  })

  it('has a daily rhythm in the ambient temperature and lower load at weekends', () => {
    const { train } = generatePlant({ rows: 24 * 7 * 40, cadenceSeconds: 3600, channels: 10, faults: 0 })
    const ambient = column(train, 'ambient_temperature')
    const atHour = (h: number) => mean(ambient.filter((_, i) => i % 24 === h))
    expect(atHour(16) - atHour(4)).toBeGreaterThan(10)
    const power = column(train, 'power')
    const weekend = (i: number) => [0, 6].includes(new Date(train.timeMs[i]).getUTCDay())
    expect(mean(power.filter((_, i) => weekend(i)))).toBeLessThan(
      mean(power.filter((_, i) => !weekend(i))) - 10,
    )
  })

  it('switches between operating modes', () => {
    const power = column(plant.train, 'power')
    const near = (level: number) =>
      power.filter(x => Math.abs((x - 40) / 400 - level) < 0.12).length / power.length
    for (const level of [0.1, 0.7, 0.95]) expect(near(level), `mode ${level}`).toBeGreaterThan(0.05)
  })

  it('covers every kind of fault once before any twice, in order of time, without contact', () => {
    const { events, labels } = plant
    expect(events).toHaveLength(12)
    expect(new Set(events.slice(0, FAULT_KINDS.length).map(e => e.kind))).toEqual(new Set(FAULT_KINDS))
    expect(events.map(e => e.id)).toEqual(Array.from({ length: 12 }, (_, i) => `fault-${i + 1}`))
    events.slice(1).forEach((event, i) => {
      expect(event.start).toBeGreaterThan(events[i].end)
    })
    expect(events[0].start).toBeGreaterThanOrEqual(500)
    const expected = new Uint8Array(labels.length)
    for (const { start, end } of events) expected.fill(1, start, end)
    expect(labels).toEqual(expected)
    expect(mean(labels)).toBeGreaterThan(0.03)
    expect(mean(labels)).toBeLessThanOrEqual(0.3)
  })

  it('changes the channels and intervals of the faults only: all else is the signal without faults', () => {
    const clean = generatePlant({ channels: SENSORS.length, faults: 0 })
    expect(clean.train).toEqual(plant.train)
    const touched = new Set<number>()
    for (const { start, end, channels } of plant.events) {
      for (const name of channels) {
        const c = plant.test.channels.indexOf(name)
        for (let i = start; i < end; i++) touched.add(i * SENSORS.length + c)
      }
    }
    let changed = 0
    plant.test.values.forEach((value, at) => {
      if (value === clean.test.values[at]) return
      changed++
      if (!touched.has(at)) expect.fail(`value ${at} changed outside the faults`)
    })
    expect(changed).toBeGreaterThan(0.8 * touched.size)
  })

  it('does not shift a channel when there are more of them', () => {
    const few = generatePlant({ rows: 500, faults: 0, channels: 2 })
    const many = generatePlant({ rows: 500, faults: 0, channels: 5 })
    expect(column(few.train, 'flow')).toEqual(column(many.train, 'flow'))
  })

  it('is equal for equal seeds and differs for others', () => {
    const options = { rows: 1000, seed: 3 }
    expect(generatePlant(options)).toEqual(generatePlant(options))
    expect(generatePlant({ ...options, seed: 4 }).train.values).not.toEqual(
      generatePlant(options).train.values,
    )
    expect(generatePlant({ ...options, seed: 4 }).events).not.toEqual(generatePlant(options).events)
  })

  it('makes faults smaller with difficulty, at the same places', () => {
    const [easy, medium, hard] = (['easy', 'medium', 'hard'] as const).map(difficulty =>
      generatePlant({ difficulty }),
    )
    easy.events.forEach((event, i) => {
      expect(event.magnitude).toBeGreaterThanOrEqual(medium.events[i].magnitude)
      expect(medium.events[i].magnitude).toBeGreaterThanOrEqual(hard.events[i].magnitude)
      expect({ ...event, magnitude: 0 }).toEqual({ ...hard.events[i], magnitude: 0 })
    })
    const shift = medium.events.find(e => e.kind === 'level-shift')!
    const name = shift.channels[0]
    const clean = column(generatePlant({ faults: 0 }).test, name)[shift.start]
    const height = Math.abs(column(medium.test, name)[shift.start] - clean)
    expect(height).toBeCloseTo(2 * 1.4826 * mad(column(medium.train, name)), 6)
  })

  it('has subtle faults that neither a rule on steps nor one on readings finds most of', () => {
    let [bySteps, byReadings, count] = [0, 0, 0]
    for (let seed = 1; seed <= 10; seed++) {
      const { train, test, events } = generatePlant({ seed, difficulty: 'subtle' })
      for (const name of train.channels) {
        const [usual, faulty] = [column(train, name), column(test, name)]
        const [centre, spread] = [mean(usual), standardDeviation(usual)]
        const step = (all: number[], i: number) => (i === 0 ? 0 : Math.abs(all[i] - all[i - 1]))
        const largest =
          1.2 *
          quantile(
            Float64Array.from(usual, (_, i) => step(usual, i)),
            0.9999,
          )
        for (const { start, end, channels } of events.filter(event => event.channels.includes(name))) {
          count += 1 / channels.length
          const samples = Array.from({ length: end + 1 - start }, (_, k) => start + k)
          if (samples.some(i => step(faulty, i) > largest)) bySteps += 1 / channels.length
          if (samples.some(i => Math.abs(faulty[i] - centre) > 4 * spread)) byReadings += 1 / channels.length
        }
      }
    }
    expect(bySteps).toBeLessThan(0.25 * count)
    expect(byReadings).toBeLessThan(0.05 * count)
  })

  it('fits the most faults that the rows allow, also with one channel', () => {
    for (const rows of [40, 480, 481]) {
      const { events } = generatePlant({ rows, faults: Math.floor(rows / 40), channels: 1 })
      expect(events).toHaveLength(Math.floor(rows / 40))
      expect(events.at(-1)!.end).toBeLessThanOrEqual(rows)
      expect(events.some(e => e.kind === 'correlation-break')).toBe(false)
    }
  })

  it.each([
    [{ rows: 479 }, /^faults is not given in the simulation, but must be <= 11 with 479 rows$/],
    [{ start: 'yesterday' }, /^start is "yesterday" in the simulation, but must be a time with zone/],
    [{ start: '2024-01-01T00:00:00' }, /must be a time with zone/],
    [{ start: '2024-13-01' }, /must be a time with zone/],
    [{ cadenceSeconds: 0 }, /^cadence-seconds is 0/],
    [{ channels: -1 }, /^channels is -1/],
    [{ difficulty: 'brutal' as 'easy' }, /^difficulty is "brutal"/],
  ])('refuses %j', (options, message) => {
    expect(() => generatePlant(options)).toThrow(message)
  })
})
