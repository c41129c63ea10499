import { beforeAll, describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import type { Model } from '../../src/model/index.js'
import { ARCHITECTURES, type ArchitectureDefinition, findArchitecture } from '../../src/nn/index.js'
import { detect, exportOnnx, networkOf, type TrainSettings, trainModel } from '../../src/pipeline/index.js'
import { difference, openOnnx, type Runner, type Values } from '../onnx/runtime.js'
import { readOnnx } from '../onnx/wire.js'

const WINDOW = 12
const CHANNELS = ['pressure', 'flow', 'speed']
const C = CHANNELS.length

/** Channels of very different size; the first moves by a ten-millionth of its offset. */
function machine(n: number, seed: number): Frame {
  const random = createRandom(seed)
  const values = Float64Array.from({ length: n }, (_, i) => i).reduce<number[]>((all, i) => {
    all.push(101325 + 0.01 * Math.sin(0.3 * i) + 0.002 * random.normal())
    all.push(3 + Math.cos(0.3 * i) + 0.05 * random.normal())
    all.push(1500 + 40 * Math.sin(0.15 * i) + 2 * random.normal())
    return all
  }, [])
  return {
    timeMs: Float64Array.from({ length: n }, (_, i) => 1000 * i),
    timeKind: 'utc',
    values: Float64Array.from(values),
    channels: CHANNELS,
  }
}

const history = machine(420, 1)
const live = machine(70, 2)
for (let i = 30; i < 40; i++) live.values[i * C + 1] += 1.5
const N = live.timeMs.length
const WINDOWS = N - WINDOW + 1
const causal = { alignment: 'causal' } as const

function trained(options: TrainSettings, architecture?: ArchitectureDefinition): Promise<Model> {
  const small = { window: WINDOW, epochs: 2, learningRate: 0.01, stride: 2, workers: 1 }
  return trainModel(history, { ...small, ...options }, { architecture })
}

/** All windows of `span` samples of a frame, one after another. */
function windowsOf(
  { values, timeMs }: Frame,
  span = WINDOW,
): { window: { shape: number[]; data: Float64Array } } {
  const count = timeMs.length - span + 1
  const data = new Float64Array(count * span * C)
  for (let w = 0; w < count; w++) data.set(values.subarray(w * C, (w + span) * C), w * span * C)
  return { window: { shape: [count, span, C], data } }
}

/** What `detect` says where a window of `span` samples ends: the score and residuals of its last sample. */
const atEnds = (values: ArrayLike<number>, width: number, span = WINDOW) =>
  Array.from(values).slice((span - 1) * width)

/** Compares all that comes out for every window with what `detect` says of its last sample; returns the flags. */
async function expectParity(model: Model): Promise<number[]> {
  const { span } = networkOf(model.detector)!.network
  const { score, flag, residual } = await detect(model, live, causal)
  const run = await openOnnx(exportOnnx(model))
  const got = await run(windowsOf(live, span))
  expect(difference(got.score.data, atEnds(score, 1, span))).toBeLessThan(1e-5)
  expect(difference(got.residual.data, atEnds(residual, C, span))).toBeLessThan(1e-5)
  expect(got.flag.data).toEqual(atEnds(flag, 1, span))
  return got.flag.data
}

describe.each(ARCHITECTURES.map(({ name, units }) => [name, units] as const))(
  '%s as ONNX',
  (architecture, units) => {
    it('gives the scores, flags and residuals of detect', async () => {
      const model = await trained({
        architecture,
        ...(units !== undefined && { units: 8 }),
      })
      const flags = await expectParity(model)
      expect(new Set(flags)).toEqual(new Set([0, 1]))
    })
  },
)

describe('a model as ONNX', () => {
  let model: Model
  let run: Runner
  let whole: Values
  beforeAll(async () => {
    model = await trained({ units: 8, latent: 4 })
    run = await openOnnx(exportOnnx(model))
    whole = await run(windowsOf(live))
  })

  it('takes a batch of any size', async () => {
    const { window } = windowsOf(live)
    const size = WINDOW * C
    for (const [from, to] of [
      [0, 1],
      [5, 8],
    ]) {
      const part = { shape: [to - from, WINDOW, C], data: window.data.subarray(from * size, to * size) }
      const { score } = await run({ window: part })
      expect(difference(score.data, whole.score.data.slice(from, to))).toBeLessThan(1e-6)
    }
  })

  it('has residuals of which the score is the mean, and errors of which they are the mean', () => {
    const { score, residual, errors } = whole
    expect(errors.shape).toEqual([WINDOWS, WINDOW, C])
    const means = residual.data.map((_, i) => {
      const [w, c] = [Math.floor(i / C), i % C]
      const column = Array.from({ length: WINDOW }, (_, t) => errors.data[(w * WINDOW + t) * C + c])
      return column.reduce((sum, value) => sum + value, 0) / WINDOW
    })
    expect(difference(residual.data, means)).toBeLessThan(1e-6)
    const scores = score.data.map(
      (_, w) => (residual.data[w * C] + residual.data[w * C + 1] + residual.data[w * C + 2]) / C,
    )
    expect(difference(score.data, scores)).toBeLessThan(1e-6)
  })

  it('sees a change of a ten-millionth of the reading, which float32 would lose', async () => {
    const shifted = { ...live, values: live.values.map((value, i) => (i % C === 0 ? value + 0.02 : value)) }
    expect(Math.fround(101325.02)).toBe(Math.fround(101325.021))
    const { residual } = await run(windowsOf(shifted))
    const first = ({ data }: Values[string]) => data.filter((_, i) => i % C === 0)
    expect(Math.min(...first(residual))).toBeGreaterThan(2 * Math.max(...first(whole.residual).slice(0, 15)))
    const { residual: own } = await detect(model, shifted, causal)
    expect(difference(residual.data, atEnds(own, C))).toBeLessThan(1e-5)
  })

  it('has no score for a window that holds a NaN, and flags none', async () => {
    const { window } = windowsOf(live)
    const data = window.data.slice()
    data[2 * WINDOW * C + 4] = Number.NaN
    const { score, flag, errors } = await run({ window: { ...window, data } })
    expect(score.data[2]).toBeNaN()
    expect(flag.data[2]).toBe(0)
    expect(errors.data.slice(2 * WINDOW * C, 3 * WINDOW * C).every(Number.isNaN)).toBe(true)
    expect(score.data.filter(Number.isNaN)).toHaveLength(1)
  })

  it('takes another threshold as detect does', async () => {
    const { score } = whole
    for (const options of [{ threshold: 1.5 }, { quantile: 0.7 }, { thresholdFactor: 2 }]) {
      const file = await (await openOnnx(exportOnnx(model, options)))(windowsOf(live))
      expect(
        difference(file.score.data, atEnds((await detect(model, live, { ...options, ...causal })).score, 1)),
      ).toBeLessThan(1e-5)
      expect(difference(file.score.data, score.data)).toBeGreaterThan(0.01)
    }
    expect(() => exportOnnx(model, { threshold: 2, quantile: 0.9 })).toThrow(
      expect.objectContaining({ code: 'option-conflict' }),
    )
  })

  it('has the level and the usual errors of the causal scores, and says so', async () => {
    const { metadata } = readOnnx(exportOnnx(model))
    const { causal: own, 'two-sided': other } = model.calibrations
    expect(metadata).toMatchObject({ alignment: 'causal', thresholdLevel: String(own?.threshold.level) })
    expect(own?.threshold.level).not.toBe(other?.threshold.level)
    const usual = (alignment: string) => [...model.detector.state().arrays[`usualError.${alignment}`].data]
    expect(usual('causal')).not.toEqual(usual('two-sided'))
    const raw = atEnds((await detect(model, live, causal)).score, 1).map(
      score => score * (own?.threshold.level ?? 0),
    )
    const level = model.detector.online()
    const { score } = level.push(model.scaler.transform(live))
    expect(difference(raw, atEnds(score, 1))).toBeLessThan(1e-5)
  })

  it('is refused when it knows two-sided scores only', () => {
    const { 'two-sided': other } = model.calibrations
    expect(() => exportOnnx({ ...model, calibrations: { 'two-sided': other } })).toThrow(
      expect.objectContaining({ code: 'alignment-missing' }),
    )
  })

  it('is the same file every time', () => {
    expect(exportOnnx(model)).toEqual(exportOnnx(model))
  })

  it('has the scaler that the model has', async () => {
    for (const scaler of ['robust', 'minmax'] as const) {
      const other = await trained({ units: 4, latent: 2, scaler })
      const got = await (await openOnnx(exportOnnx(other)))(windowsOf(live))
      expect(difference(got.score.data, atEnds((await detect(other, live, causal)).score, 1))).toBeLessThan(
        1e-5,
      )
    }
  })
})

describe('a forecaster as ONNX', () => {
  const forecaster = { ...findArchitecture('gru-forecaster'), horizon: 4 }

  it('takes the window and the samples after it, and gives the errors of these', async () => {
    const model = await trained({ units: 6 }, forecaster)
    await expectParity(model)
    const { errors } = await (await openOnnx(exportOnnx(model)))(windowsOf(live, WINDOW + 4))
    expect(errors.shape).toEqual([N - WINDOW - 4 + 1, 4, C])
  })

  it.each(['conv-forecaster', 'gru-forecaster'])(
    'has no score for a window that holds a NaN, wherever it is: %s',
    async architecture => {
      const run = await openOnnx(exportOnnx(await trained({ architecture, units: 6 })))
      const { window } = windowsOf(live, WINDOW + 1)
      const size = (WINDOW + 1) * C
      const data = window.data.slice()
      for (let t = 0; t <= WINDOW; t++) data[t * (size + C)] = Number.NaN
      const { score, flag } = await run({ window: { ...window, data } })
      expect(score.data.slice(0, WINDOW + 1).every(Number.isNaN)).toBe(true)
      expect(score.data.slice(WINDOW + 1).some(Number.isNaN)).toBe(false)
      expect(flag.data.slice(0, WINDOW + 1)).toEqual(Array(WINDOW + 1).fill(0))
    },
  )

  it('refuses a window without the samples after it', async () => {
    const run = await openOnnx(exportOnnx(await trained({ units: 6 }, forecaster)))
    await expect(run(windowsOf(live))).rejects.toThrow(/dimension/)
  })
})

describe('a model that gives variances as ONNX', () => {
  it.each(['lstm-autoencoder', 'gru-forecaster'])(
    'counts errors in standard deviations: %s',
    async architecture => {
      await expectParity(await trained({ architecture, units: 6, loss: 'gaussian-nll' }))
    },
  )
})

describe('a model that has no counterpart in ONNX', () => {
  it('is refused by the name of the stage', async () => {
    const model = await trained({ units: 4, latent: 2 })
    const scaler = {
      ...model.scaler,
      state: () => ({ kind: 'scaler:rank', version: 1, options: {}, arrays: {} }),
    }
    expect(() => exportOnnx({ ...model, scaler })).toThrow(
      expect.objectContaining({ code: 'onnx-unsupported', message: expect.stringContaining('scaler:rank') }),
    )
  })
})
