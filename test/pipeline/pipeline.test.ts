import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ALIGNMENTS, type Alignment } from '../../src/core/contracts.js'
import type { Frame } from '../../src/core/frame.js'
import { sliceFrame } from '../../src/core/frame.js'
import type { Model } from '../../src/model/index.js'
import { detect, parseRows, type TrainSettings, trainModel } from '../../src/pipeline/index.js'
import { createRuntime } from '../../src/runtime/index.js'
import { loadModel, saveModel } from '../../src/store/index.js'
import { checkThresholdOptions } from '../../src/threshold/index.js'
import { machine } from './machine.js'

const quick = (more: TrainSettings = {}): TrainSettings => ({
  window: 15,
  epochs: 6,
  units: 8,
  latent: 4,
  learningRate: 0.01,
  workers: 1,
  ...more,
})

describe('a trained model', () => {
  const history = machine(900, 1)
  const live = machine(700, 2)
  for (let i = 400; i < 430; i++) live.values[i * 2 + 1] += 2
  let model: Model
  let folder: string
  beforeAll(async () => {
    model = await trainModel(history, quick())
    folder = await mkdtemp(join(tmpdir(), 'telltale-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('finds an injected fault, on the samples where it is, and names its channel', async () => {
    const { events, flag } = await detect(model, live)
    const hit = events.find(({ start, end }) => start <= 402 && end >= 428)
    expect(hit?.channels[0].name).toBe('flow')
    expect(flag.subarray(0, 380).filter(Boolean).length).toBeLessThan(8)
  })

  it('gives a score of which the residuals are the parts, with 1.0 = threshold', async () => {
    const { score, residual, flag } = await detect(model, live)
    score.forEach((value, i) => {
      const mean = (residual[i * 2] + residual[i * 2 + 1]) / 2
      expect(Math.abs(mean - value)).toBeLessThan(1e-5 * (1 + value))
      expect(flag[i]).toBe(value > 1 ? 1 : 0)
    })
  })

  it('has its thresholds from the calibration part: with higher residuals there, these rise and nothing else changes', async () => {
    const { train, validation, calibration } = model.info.training.parts
    expect(validation!.start - train.end).toBe(15)
    expect(calibration.start - validation!.end).toBe(15)
    /** Readings of a range up and down by turns, by five times the noise. */
    const noisier = (from: number, to: number): Frame => ({
      ...history,
      values: history.values.map((value, at) => {
        const i = at >> 1
        const amount = at % 2 === 0 ? 5 : 0.25
        return i >= from && i < to ? value + (i % 2 === 0 ? amount : -amount) : value
      }),
    })
    const level = (of: Model, alignment: Alignment) => of.calibrations[alignment]!.threshold.level
    const louder = await trainModel(noisier(calibration.start, calibration.end), quick())
    expect(louder.detector.state()).toEqual(model.detector.state())
    expect(louder.scaler.state()).toEqual(model.scaler.state())
    for (const alignment of ALIGNMENTS)
      expect(level(louder, alignment)).toBeGreaterThan(1.5 * level(model, alignment))
    // What lies in the gap before the calibration part is in no part: nothing changes.
    const gap = await trainModel(noisier(validation!.end, calibration.start), quick())
    expect(gap.detector.state()).toEqual(model.detector.state())
    expect(gap.calibrations.causal?.scores).toEqual(model.calibrations.causal?.scores)
    for (const alignment of ALIGNMENTS) expect(level(gap, alignment)).toBe(level(model, alignment))
  })

  it('is calibrated with scores of each alignment: what detect gives the calibration part, before the threshold', async () => {
    const { calibration } = model.info.training.parts
    const part = sliceFrame(history, calibration.start, calibration.end)
    for (const alignment of ALIGNMENTS) {
      const { scores, threshold } = model.calibrations[alignment]!
      const { score } = await detect(model, part, { alignment })
      expect(score).toEqual(scores.map(value => value / threshold.level))
    }
    const { causal, 'two-sided': other } = model.calibrations
    expect(causal?.scores).not.toEqual(other?.scores)
  })

  it('takes other thresholds: a multiple, a quantile, mean + k sd', async () => {
    const base = await detect(model, live)
    const half = await detect(model, live, { threshold: 2 })
    expect(half.score[410]).toBeCloseTo(base.score[410] / 2, 5)
    const lower = await detect(model, live, { quantile: 0.5 })
    expect(lower.flag.filter(Boolean).length).toBeGreaterThan(base.flag.filter(Boolean).length)
    expect((await detect(model, live, { thresholdFactor: 3 })).threshold.method).toBe('threshold:sigma')
    await expect(detect(model, live, { quantile: 0.5, threshold: 2 })).rejects.toMatchObject({
      code: 'option-conflict',
    })
  })

  it('comes back from its folder with the same bits', async () => {
    const path = join(folder, 'model')
    await saveModel(model, path)
    const loaded = await loadModel(path)
    expect(loaded.info).toMatchObject({ channels: ['pressure', 'flow'], window: 15, seed: 1 })
    expect((await detect(loaded, live)).score).toEqual((await detect(model, live)).score)
  })

  it('takes channels in any order and refuses missing and extra ones by name', async () => {
    const swap = (frame: Frame): Frame => ({
      ...frame,
      channels: ['flow', 'pressure'],
      values: frame.values.map((_, i) => frame.values[i % 2 === 0 ? i + 1 : i - 1]),
    })
    expect((await detect(model, swap(live))).score).toEqual((await detect(model, live)).score)
    const renamed = { ...live, channels: ['pressure', 'speed'] }
    await expect(detect(model, renamed)).rejects.toThrow(/missing flow; not known to the model speed/)
  })

  it('does not depend on batch size, on the number of threads, or on what follows', async () => {
    const long = machine(9000, 3)
    const alone = (await detect(model, long)).score
    expect((await detect(model, long, { batchSize: 7 })).score).toEqual(alone)
    const path = join(folder, 'threads')
    await saveModel(model, path)
    const threaded = await loadModel(path, createRuntime(3))
    expect((await detect(threaded, long)).score).toEqual(alone)
    const shorter = (await detect(model, sliceFrame(long, 0, 5000))).score
    expect(shorter.subarray(0, 5000 - 14)).toEqual(alone.subarray(0, 5000 - 14))
  })

  it('has the same weights for every number of workers', async () => {
    const weights = (m: Model) => m.detector.state().arrays
    const reference = weights(await trainModel(history, quick({ epochs: 2, batchSize: 100 })))
    for (const workers of [2, 3]) {
      expect(weights(await trainModel(history, quick({ epochs: 2, batchSize: 100, workers })))).toEqual(
        reference,
      )
    }
  })

  it('refuses what cannot be learnt from, saying what is wanted', async () => {
    await expect(trainModel(sliceFrame(history, 0, 70), quick())).rejects.toThrow(/at least 75 are required/)
    const flat = { ...history, values: history.values.map((_, i) => i % 2) }
    await expect(trainModel(flat, quick())).rejects.toMatchObject({ code: 'data-constant' })
    const holed = { ...history, values: history.values.map((value, i) => (i === 41 ? Number.NaN : value)) }
    await expect(trainModel(holed, quick())).rejects.toThrow(
      /^the table, (?:at \S+Z|sample 20, from 0), column flow: the value is missing/,
    )
    await expect(detect(model, sliceFrame(live, 0, 14))).rejects.toMatchObject({
      code: 'data-too-short',
      remedy: expect.stringMatching(/^Give at least 15 samples.* smaller --window/),
    })
    const fewest = { ...model, detector: { ...model.detector, fewestSamples: 150 } }
    await expect(detect(fewest, sliceFrame(live, 0, 14))).rejects.toMatchObject({
      message: '14 samples are too few for detection: at least 150 are required',
      remedy: 'Give at least 150 samples, such as those before the first.',
    })
  })

  it('says in which epoch the loss blew up', async () => {
    await expect(trainModel(history, quick({ optimizer: 'sgd', learningRate: 10 }))).rejects.toMatchObject({
      code: 'data-training-diverged',
    })
  })

  it('of a history with a reading of any size has finite scores', async () => {
    const spiked = { ...history, values: history.values.map((value, i) => (i === 700 ? 1e38 : value)) }
    const model = await trainModel(spiked, quick({ scaler: 'robust' }))
    const { score } = await detect(model, history)
    expect(score.filter(value => !Number.isNaN(value)).every(Number.isFinite)).toBe(true)
  })
})

describe('options', () => {
  it('exclude each other before anything is loaded', () => {
    expect(() => checkThresholdOptions({ threshold: 1, thresholdFactor: 3 })).toThrow(
      /--threshold and --threshold-factor/,
    )
    expect(() => checkThresholdOptions({ quantile: 0.9 })).not.toThrow()
  })

  it('read half-open ranges of rows', () => {
    expect(parseRows(':400')).toEqual({ end: 400 })
    expect(parseRows('400:')).toEqual({ start: 400 })
    expect(parseRows(undefined)).toEqual({})
    expect(() => parseRows('5:5')).toThrow(/5:5/)
  })
})
