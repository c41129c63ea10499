import { beforeAll, describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { createZoneOffsets } from '../../src/core/zone-offset.js'
import { SIMPLE_DETECTORS, type SimpleDetectorName } from '../../src/detect/index.js'
import type { Model } from '../../src/model/index.js'
import { DETECTOR_EMITTERS, OUTSIDE } from '../../src/onnx/index.js'
import { detect, exportOnnx, membersOf, type TrainSettings, trainModel } from '../../src/pipeline/index.js'
import { loadModel } from '../../src/store/index.js'
import { difference, openOnnx, type Values } from './runtime.js'
import { isWellFormed } from './well-formed.js'
import { readOnnx } from './wire.js'

const causal = { alignment: 'causal' } as const

interface Made {
  readonly channels?: number
  /** This one never moves. */
  readonly still?: number
  /** This one is 5 or 6, and mostly 5. */
  readonly switch?: number
  /** Steps of the readings, 0 = any. */
  readonly step?: number
}

/** Channels of different offset, size and rhythm that follow one source, and one of which moves by little of its offset. */
function machine(
  n: number,
  seed: number,
  { channels = 3, still, step = 0, switch: turns }: Made = {},
): Frame {
  const random = createRandom(seed)
  const turn = random.fork('switch')
  const values = new Float64Array(n * channels)
  for (let i = 0; i < n; i++) {
    const source = Math.sin(0.17 * i) + 0.1 * random.normal()
    for (let c = 0; c < channels; c++) {
      const own = source * (1 + (c % 3)) + Math.cos(0.05 * (c + 1) * i) + 0.05 * random.normal()
      const isOn = c === turns && turn.uniform() < 0.01
      const reading = c === turns ? (isOn ? 6 : 5) : c === still ? 7 : 10 ** (c % 4) * (100 + own)
      values[i * channels + c] = step > 0 ? Math.round(reading / step) * step : reading
    }
  }
  const names = Array.from({ length: channels }, (_, c) => `c${c}`)
  return {
    timeMs: Float64Array.from({ length: n }, (_, i) => 1000 * i),
    timeKind: 'utc',
    values,
    channels: names,
  }
}

const DAY = 86_400_000
/** The same room, cooler on two days of the week. */
function office(frame: Frame): Frame {
  const isWeekend = (timeMs: number) => [0, 6].includes(new Date(timeMs).getUTCDay())
  return {
    ...frame,
    values: frame.values.map((value, i) => (isWeekend(frame.timeMs[i]) ? value - 3 : value)),
  }
}

/** A room that is warm in the afternoon, every quarter of an hour. */
function room(days: number, seed: number, start = 0): Frame {
  const random = createRandom(seed)
  const n = 96 * days
  const timeMs = Float64Array.from({ length: n }, (_, i) => start + (i * DAY) / 96)
  const values = timeMs.map(time => 20 + 4 * Math.sin((2 * Math.PI * time) / DAY) + 0.3 * random.normal())
  return { timeMs, timeKind: 'utc', values, channels: ['room'] }
}

/** With a fault: a channel is shifted for some samples. */
function faulty(frame: Frame, start: number, end: number, channel = 0): Frame {
  const c = frame.channels.length
  const values = frame.values.slice()
  for (let i = start; i < end; i++) values[i * c + channel] += 8 * 10 ** (channel % 4)
  return { ...frame, values }
}

const trained = (history: Frame, options: TrainSettings = {}) =>
  trainModel(history, { workers: 1, ...options })

/** What the file says of each sample of a series: windows that begin before it does begin with NaN. */
async function scoresOf(
  bytes: Uint8Array,
  { values, channels, timeMs }: Frame,
  clock = (ms: number) => ms,
): Promise<Values> {
  const c = channels.length
  const [{ shape }, time] = readOnnx(bytes).inputs
  const samples = Number(shape[1])
  const n = timeMs.length
  const padded = new Float64Array((n + samples - 1) * c).fill(Number.NaN)
  padded.set(values, (samples - 1) * c)
  const stamps = new Float64Array(n + samples - 1).fill(Number.NaN)
  stamps.set(timeMs.map(clock), samples - 1)
  const run = await openOnnx(bytes)
  const all: Record<string, number[]> = { score: [], flag: [], residual: [] }
  for (let from = 0; from < n; from += BATCH) {
    const count = Math.min(BATCH, n - from)
    const data = new Float64Array(count * samples * c)
    for (let w = 0; w < count; w++)
      data.set(padded.subarray((from + w) * c, (from + w + samples) * c), w * samples * c)
    const times = Float64Array.from(
      { length: count * samples },
      (_, i) => stamps[from + Math.floor(i / samples) + (i % samples)],
    )
    const got = await run({
      window: { shape: [count, samples, c], data },
      ...(time && { time: { shape: [count, samples], data: times } }),
    })
    for (const name of Object.keys(all)) all[name].push(...got[name].data)
  }
  return Object.fromEntries(Object.entries(all).map(([name, data]) => [name, { shape: [], data }]))
}
const BATCH = 32

/** Compares all that comes out for every sample with what `detect` says of it. */
async function expectParity(
  model: Model,
  live: Frame,
  options = {},
  clock?: (ms: number) => number,
): Promise<Values> {
  const wanted = await detect(model, live, { ...options, ...causal })
  const got = await scoresOf(exportOnnx(model, options), live, clock)
  expect(difference(got.score.data, wanted.score)).toBeLessThan(1e-5)
  expect(difference(got.residual.data, wanted.residual)).toBeLessThan(1e-5)
  expect(got.flag.data).toEqual([...wanted.flag])
  return got
}

const unsupported = (model: Model, reason: RegExp) =>
  expect(() => exportOnnx(model)).toThrow(
    expect.objectContaining({ code: 'onnx-unsupported', message: expect.stringMatching(reason) }),
  )

describe('auto as ONNX', { timeout: 60_000 }, () => {
  it.each([
    [1, 900],
    [3, 900],
    [8, 900],
    [3, 250],
    [2, 160],
  ])(
    'gives the scores, flags and residuals of detect from the first sample on: %i channels, %i samples of history',
    async (channels, samples) => {
      const model = await trained(machine(samples, 1, { channels }))
      const live = faulty(machine(150, 2, { channels }), 90, 100)
      const { score, flag } = await expectParity(model, live)
      // One channel is compared in windows as long as its rhythm.
      expect(score.data.findIndex(Number.isFinite)).toBeLessThan(channels === 1 ? 100 : 12)
      expect(new Set(flag.data)).toEqual(new Set([0, 1]))
    },
  )

  it.each([
    [1, room(10, 1)],
    [7, office(room(35, 1))],
  ])('takes out the cycle of %i days of a single channel, by the times that go in', async (days, history) => {
    const model = await trained(history, { missing: 'drop' })
    expect(model.info.cycle?.zone).toBe('UTC')
    expect(model.info.cycle?.days).toBe(days)
    expect(model.info.cycle?.explained).toBeGreaterThan(0.9)
    const { inputs } = readOnnx(exportOnnx(model))
    expect(inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['window', ['batch', model.detector.contextLength, 1]],
      ['time', ['batch', model.detector.contextLength]],
    ])
    const live = faulty(room(2, 2, 31.3 * DAY), 150, 162)
    live.values[40] = Number.NaN
    const { flag } = await expectParity(model, live)
    expect(new Set(flag.data)).toEqual(new Set([0, 1]))
  })

  it('takes times of the clock that the cycle follows', async () => {
    const zone = 'Europe/Berlin'
    const model = await trainModel(
      room(10, 1),
      { workers: 1, missing: 'drop' },
      { times: { timeZone: zone } },
    )
    expect(model.info.cycle).toMatchObject({ days: 1, zone })
    expect(readOnnx(exportOnnx(model)).inputs[1]?.name).toBe('time')
    const offsetAt = createZoneOffsets(zone, '')
    // The night of 31 March 2024, in which clocks change.
    const live = faulty(room(2, 2, Date.UTC(2024, 2, 30)), 150, 162)
    const { flag } = await expectParity(model, live, {}, ms => ms + offsetAt(ms))
    expect(new Set(flag.data)).toEqual(new Set([0, 1]))
  })

  it('compares with recent scores as detect does, where the history is short and operation changes', async () => {
    const model = await trained(machine(900, 1, { channels: 2 }))
    const { samples } = model.info.baseline!
    const live = machine(samples + 250, 2, { channels: 2 })
    const random = createRandom(3)
    for (let i = 150; i < samples; i++) live.values[2 * i] += random.normal()
    const { score } = await expectParity(model, faulty(live, samples + 200, samples + 210))
    const lastChanged = score.data.slice(samples - 50, samples).sort((a, b) => a - b)[25]
    const firstChanged = score.data.slice(200, 250).sort((a, b) => a - b)[25]
    expect(lastChanged).toBeLessThan(0.9 * firstChanged)
  })

  it.each([{}, { still: 2 }])('does so beside a switch that stays on as it never did, %j', async made => {
    const options = { channels: 4, switch: 1, ...made }
    const model = await trained(machine(900, 1, options))
    const live = machine(150, 2, options)
    for (let i = 60; i < 90; i++) live.values[4 * i + 1] = 6
    const { score, residual } = await expectParity(model, live)
    const raised = score.data.flatMap((own, i) => (residual.data[4 * i + 1] > 3.9 * own ? [i] : []))
    expect(raised.length).toBeGreaterThan(5)
    if (made.still !== undefined) for (let i = 80; i < 120; i++) live.values[4 * i + 2] = 8
    await expectParity(model, faulty(live, 120, 130))
  })

  it('gives them over a window that is full, and with readings in steps, of which many windows are equally near', async () => {
    const made = { channels: 2, step: 0.5 }
    const model = await trained(machine(900, 3, made))
    await expectParity(model, faulty(machine(500, 4, made), 420, 430, 1))
  })

  it('gives them for a rhythm without noise, far from 0, in which almost equal windows recur', async () => {
    const rhythm = (n: number, start: number): Frame => ({
      ...machine(n, 1, { channels: 1 }),
      values: Float64Array.from(
        { length: n },
        (_, i) => 20 + Math.sin((2 * Math.PI * (start + i)) / 48) + 1e-4 * Math.sin(i),
      ),
    })
    await expectParity(await trained(rhythm(900, 0)), rhythm(150, 900))
  })

  it('gives them where a channel that never moved moves, by little or by much, alone or beside a fault', async () => {
    const made = { channels: 4, still: 2 }
    const model = await trained(machine(900, 5, made))
    const live = faulty(machine(200, 6, made), 150, 170)
    for (const [i, by] of [
      [60, 1e-9],
      [61, -3],
      [155, 2],
    ])
      live.values[i * 4 + 2] += by
    const { residual } = await expectParity(model, live)
    expect(residual.data[61 * 4 + 2]).toBeGreaterThan(2 * residual.data[61 * 4 + 1])
  })

  it('sees a series that begins again after a missing reading, as detect does', async () => {
    const model = await trained(machine(900, 7), { missing: 'drop' })
    const live = machine(200, 8)
    live.values[80 * 3 + 1] = Number.NaN
    live.values.fill(Number.NaN, 120 * 3, 124 * 3)
    const { score } = await expectParity(model, live)
    const missing = [...score.data.keys()].filter(i => Number.isNaN(score.data[i]))
    expect(missing).toEqual([...range(0, 10), ...range(80, 91), ...range(120, 134)])
  })

  it('sees a frozen channel as detect does, and that a missing reading ends its run', async () => {
    const model = await trained(machine(900, 7), { missing: 'drop' })
    const live = machine(200, 8)
    for (let i = 60; i < 125; i++) live.values[3 * i + 1] = live.values[3 * 60 + 1]
    const { score, residual } = await expectParity(model, live)
    const named = score.data.flatMap((own, i) => (residual.data[3 * i + 1] > 2.9 * own ? [i] : []))
    expect(named).toContain(100)
    live.values[3 * 105] = Number.NaN
    const broken = await expectParity(model, live)
    expect(broken.score.data.slice(60, 105)).toEqual(score.data.slice(60, 105))
    expect(broken.score.data[119]).toBeLessThan(score.data[119])
    expect(broken.score.data[119]).toBeGreaterThan(0)
  })

  it('takes readings that are far outside, as detect does', async () => {
    const model = await trained(machine(900, 9))
    const live = machine(60, 10)
    live.values[30 * 3] = 1e300
    live.values[31 * 3 + 1] = -1e300
    await expectParity(model, live)
  })

  it('takes another threshold as detect does', async () => {
    const model = await trained(machine(900, 11))
    const live = faulty(machine(60, 12), 30, 34)
    const { score } = await expectParity(model, live)
    for (const options of [{ threshold: 1.5 }, { quantile: 0.7 }, { thresholdFactor: 2 }]) {
      const other = await expectParity(model, live, options)
      expect(difference(other.score.data.slice(20), score.data.slice(20))).toBeGreaterThan(0.01)
    }
  })

  it('exports a model of telltale 0.1 that has causal scores, with its scores', async () => {
    const model = await loadModel('test/fixtures/models/0.1.0/auto-end')
    const { channels, schema } = model.info
    const shape = machine(150, 15, { channels: channels.length })
    const centre = schema?.channels.map(({ median }) => median ?? 0) ?? channels.map(() => 0)
    const values = shape.values.map(
      (value, j) => centre[j % centre.length] + value / 10 ** ((j % channels.length) % 4) - 100,
    )
    const timeMs = shape.timeMs.map(time => 60 * time)
    await expectParity(model, { ...shape, timeMs, channels, values })
  })

  it('smooths to the length of an event, or not at all, as it was trained', async () => {
    for (const eventLength of [0, 30]) {
      const model = await trained(machine(400, 13), { eventLength })
      await expectParity(model, faulty(machine(100, 14), 50, 60))
    }
  })
})

const range = (start: number, end: number) => Array.from({ length: end - start }, (_, i) => start + i)

describe('the file of auto', () => {
  let model: Model
  let bytes: Uint8Array
  beforeAll(async () => {
    model = await trained(machine(900, 1))
    bytes = exportOnnx(model)
  })

  it('is well formed, the same every time, and has the residuals of which the score is the mean', async () => {
    expect(exportOnnx(model)).toEqual(bytes)
    const { score, residual } = await scoresOf(bytes, machine(40, 2))
    const means = score.data.map(
      (_, i) => (residual.data[3 * i] + residual.data[3 * i + 1] + residual.data[3 * i + 2]) / 3,
    )
    expect(difference(score.data, means)).toBeLessThan(1e-6)
  })

  it('says what goes in and comes out, and what it was made of', () => {
    const { metadata, inputs, outputs, name } = readOnnx(bytes)
    const samples = 10 + Math.ceil(5.5 * 64) + 1
    expect(name).toBe('auto')
    expect(inputs).toMatchObject([{ name: 'window', shape: ['batch', samples, 3] }])
    expect(outputs).toMatchObject([
      { name: 'score', shape: ['batch'] },
      { name: 'flag', shape: ['batch'] },
      { name: 'residual', shape: ['batch', 3] },
    ])
    expect(metadata).toMatchObject({
      channels: '["c0","c1","c2"]',
      window: String(samples),
      horizon: '0',
      alignment: 'causal',
      detector: 'auto',
      thresholdLevel: String(model.calibrations.causal?.threshold.level),
    })
    expect(metadata).not.toHaveProperty('architecture')
  })
})

describe('every file of an ensemble', async () => {
  const still = await trained(machine(300, 1, { still: 1 }))
  isWellFormed(readOnnx(exportOnnx(still)))
})

describe.each(Object.keys(SIMPLE_DETECTORS) as SimpleDetectorName[])('%s as ONNX', detector => {
  it('gives the scores of detect, or is refused with the reason', { timeout: 30_000 }, async () => {
    const model = await trained(machine(400, 1), { detector })
    const [{ detector: member }] = membersOf(model.detector) ?? []
    const { kind } = member.state()
    expect(
      [Object.hasOwn(DETECTOR_EMITTERS, kind), Object.hasOwn(OUTSIDE, kind)].filter(Boolean),
    ).toHaveLength(1)
    if (Object.hasOwn(OUTSIDE, kind))
      unsupported(model, new RegExp(`^the detector ${detector} .*${OUTSIDE[kind]}`))
    else await expectParity(model, faulty(machine(120, 2), 80, 90))
  })
})

describe('networks that are smoothed, as ONNX', { timeout: 60_000 }, () => {
  const small = { window: 8, epochs: 2, learningRate: 0.01 }

  it.each(['dense-ae', 'gru-forecaster'])('give the scores of detect: %s', async architecture => {
    const model = await trained(machine(400, 1), { ...small, architecture, eventLength: 12 })
    await expectParity(model, faulty(machine(80, 2), 50, 60))
  })

  it('so does a committee, with a channel that never moved, and an autoencoder as its architecture', async () => {
    for (const options of [{}, { architecture: 'dense-ae', window: 4 }]) {
      const model = await trained(machine(200, 1, { still: 0 }), { detector: 'committee', ...options })
      await expectParity(model, faulty(machine(60, 2, { still: 0 }), 50, 55, 1))
    }
  })
})

describe('what follows from samples before the window', () => {
  it('is refused: a threshold per regime', async () => {
    const history = machine(3000, 1, { channels: 2 })
    for (let i = 0; i < 3000; i++) history.values[2 * i + 1] = i % 400 < 200 ? 1 : 2
    unsupported(await trained(history, { regimes: 'c1' }), /a threshold per regime .*earlier samples/)
  })

  it('is refused: a threshold that adapts', async () => {
    unsupported(await trained(machine(400, 1), { adapt: true }), /an adaptive threshold .*earlier samples/)
  })
})
