import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom, type Random } from '../../src/core/random.js'
import { checkDrift, fitReference, loadReference } from '../../src/drift/index.js'

/** `[N, C]` columns as a frame. */
function frame(...columns: ArrayLike<number>[]): Frame {
  const n = columns[0].length
  const values = new Float64Array(n * columns.length)
  columns.forEach((column, c) => {
    for (let i = 0; i < n; i++) values[i * columns.length + c] = column[i]
  })
  const timeMs = Float64Array.from({ length: n }, (_, i) => i)
  return { timeMs, timeKind: 'index', values, channels: columns.map((_, c) => `c${c}`) }
}

const white = (random: Random, n: number) => Float64Array.from({ length: n }, () => random.normal())
function autoregressive(random: Random, n: number, weight: number): Float64Array {
  const values = new Float64Array(n)
  let last = random.normal()
  for (let i = 0; i < n; i++) values[i] = last = weight * last + Math.sqrt(1 - weight ** 2) * random.normal()
  return values
}
const season = (random: Random, n: number, from: number, period: number) =>
  Float64Array.from(
    { length: n },
    (_, i) => Math.sin((2 * Math.PI * (from + i)) / period) + 0.1 * random.normal(),
  )

const KINDS: Readonly<Record<string, (random: Random, n: number, from: number) => Float64Array>> = {
  independent: white,
  'autocorrelated (0.95)': (random, n) => autoregressive(random, n, 0.95),
  'seasonal (period 314)': (random, n, from) => season(random, n, from, 314),
}

describe('checkDrift on data without a change', () => {
  it.each(Object.keys(KINDS))('of %s channels raises an alarm in at most 5 % of batches', async kind => {
    for (const channels of [4, 40])
      for (const rows of [100, 300, 3000]) {
        const random = createRandom(7)
        const make = (n: number, from: number) =>
          frame(...Array.from({ length: channels }, (_, c) => KINDS[kind](random, n, from + 31 * c)))
        const reference = await fitReference(make(10_000, 0))
        const trials = channels === 4 ? 40 : 20
        let alarms = 0
        for (let t = 0; t < trials; t++)
          if (checkDrift(reference, make(rows, Math.floor(20_000 * random.uniform()))).drifted) alarms++
        expect(alarms / trials, `${channels} channels, ${rows} rows`).toBeLessThanOrEqual(0.05)
      }
  })
})

describe('checkDrift on a shift of one of ten channels', () => {
  it.each([
    [1000, 0.5, 0.9],
    [300, 1, 0.9],
    [3000, 0.25, 0.9],
  ])('finds it and names the channel: %i rows, %f sd', async (rows, shift, power) => {
    const random = createRandom(3)
    const make = (n: number) => Array.from({ length: 10 }, () => white(random, n))
    const reference = await fitReference(frame(...make(10_000)))
    let found = 0
    for (let t = 0; t < 30; t++) {
      const columns = make(rows)
      columns[6] = columns[6].map(value => value + shift)
      const { channels } = checkDrift(reference, frame(...columns))
      const changed = channels.filter(({ level }) => level !== 'none').map(({ channel }) => channel)
      if (changed.join() === 'c6') found++
    }
    expect(found / 30).toBeGreaterThanOrEqual(power)
  })
})

describe('the figures of checkDrift', async () => {
  const n = 4000
  const uniform = Float64Array.from({ length: n }, (_, i) => ((i * 7919) % n) / n)
  const reference = await fitReference(frame(uniform))
  const of = (values: ArrayLike<number>) => checkDrift(reference, frame(values)).channels[0]

  it('are 0 for the same values and those of a shift known in closed form', () => {
    expect(of(uniform)).toMatchObject({ level: 'none' })
    expect(of(uniform).ks).toBeLessThan(0.005)
    const shifted = of(uniform.map(value => value + 0.25))
    expect(shifted.ks).toBeCloseTo(0.25, 2)
    expect(shifted.wasserstein).toBeCloseTo(0.25 * Math.sqrt(12), 1)
    expect(shifted.meanShift).toBeCloseTo(0.25, 6)
    expect(shifted.level).toBe('large')
  })

  it('agree with the mean distance of sorted samples (Wasserstein-1)', () => {
    const random = createRandom(5)
    const other = white(random, n).map(value => 0.4 + 0.6 * value)
    const [a, b] = [Float64Array.from(uniform).sort(), Float64Array.from(other).sort()]
    const naive = a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / n
    expect(of(other).wasserstein).toBeCloseTo(naive * Math.sqrt(12), 1)
  })

  it('see values beyond the extremes, and a change of the spread', () => {
    const outside = uniform.map((value, i) => (i % 4 === 0 ? 9 : value))
    expect(of(outside)).toMatchObject({ level: 'large' })
    expect(of(outside).psi).toBeGreaterThan(0.25)
    expect(of(uniform.map(value => 0.5 + 0.4 * (value - 0.5))).level).toBe('large')
  })

  it('see a constant channel that changes', async () => {
    const constant = await fitReference(frame(new Float64Array(n).fill(5)))
    const check = (value: number) =>
      checkDrift(constant, frame(new Float64Array(500).fill(value))).channels[0].level
    expect([check(5), check(5.5), check(-1)]).toEqual(['none', 'large', 'large'])
  })

  it('see more missing samples, and survive a channel without any reading', async () => {
    const holes = uniform.map((value, i) => (i % 10 === 0 ? Number.NaN : value))
    expect(of(holes)).toMatchObject({ level: 'none', missingLevel: 'moderate', missingShare: 0.1 })
    expect(of(new Float64Array(n).fill(Number.NaN))).toMatchObject({ level: 'unknown', samples: 0 })
    const empty = await fitReference(frame(new Float64Array(n).fill(Number.NaN)))
    expect(checkDrift(empty, frame(uniform)).channels[0].level).toBe('unknown')
  })

  it('say how many samples a test needs when there are too few', async () => {
    const slow = await fitReference(frame(autoregressive(createRandom(2), 20_000, 0.99)))
    const [{ level, neededSamples }] = checkDrift(slow, frame(white(createRandom(1), 60))).channels
    expect(level).toBe('unknown')
    expect(neededSamples).toBeGreaterThan(60)
  })

  it('belong to the channel they are named after, whatever the order of the columns', async () => {
    const two = await fitReference(frame(uniform, uniform))
    const swapped = {
      ...frame(
        uniform.map(value => value + 1),
        uniform,
      ),
      channels: ['c1', 'c0'],
    }
    expect(checkDrift(two, swapped).channels.map(({ channel, level }) => [channel, level])).toEqual([
      ['c0', 'none'],
      ['c1', 'large'],
    ])
  })
})

describe('a reference', () => {
  it('comes back from its state the same', async () => {
    const random = createRandom(4)
    const [a, b] = [white(random, 2000), autoregressive(random, 2000, 0.9)]
    const reference = await fitReference(frame(a, b))
    const back = loadReference(reference.state(), ['c0', 'c1'])
    const current = frame(white(random, 500), white(random, 500))
    expect(checkDrift(back, current)).toEqual(checkDrift(reference, current))
    const bytes = Object.values(reference.state().arrays).reduce((sum, { data }) => sum + data.byteLength, 0)
    expect(bytes / 2).toBeLessThan(2048)
  })

  it('finds readings that all lie beyond the history, though too few for another test', async () => {
    const slow = (random: Random, n: number, shift = 0) =>
      autoregressive(random, n, 0.99).map(value => value + shift)
    const reference = await fitReference(frame(slow(createRandom(1), 20_000), slow(createRandom(2), 20_000)))
    const short = (seed: number, shift: number) =>
      checkDrift(reference, frame(slow(createRandom(seed), 400, shift), slow(createRandom(seed + 1), 400)))
    const found = short(10, 12)
    expect(found.channels[0].effectiveSamples).toBeLessThan(10)
    expect(found.channels.map(({ level }) => level)).toEqual(['large', 'unknown'])
    expect(short(10, 0).channels.map(({ level }) => level)).toEqual(['unknown', 'unknown'])
  })

  it('raises no false alarm with few independent samples, more often than alpha', async () => {
    const random = createRandom(5)
    const reference = await fitReference(frame(autoregressive(random, 20_000, 0.98)))
    let alarms = 0
    for (let k = 0; k < 500; k++)
      if (checkDrift(reference, frame(autoregressive(random, 60 + (k % 5) * 60, 0.98))).drifted) alarms++
    expect(alarms / 500).toBeLessThanOrEqual(0.015)
  })

  it('of a history that is too short for blocks allows no test', async () => {
    const reference = await fitReference(frame(white(createRandom(1), 100)))
    expect(checkDrift(reference, frame(white(createRandom(2), 1000))).channels[0].level).toBe('unknown')
  })
})
