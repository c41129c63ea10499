import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { ALIGNMENTS, type OnlineOptions, REASONS, type Scores } from '../../src/core/contracts.js'
import { asScaled, type ScaledFrame, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { decodeSafetensors } from '../../src/core/safetensors.js'
import { nestedState } from '../../src/core/state.js'
import { autoencoder, type FittedAutoencoder, loadAutoencoder, localRuntime } from '../../src/detect/index.js'
import { preferredBuild } from '../../src/kernels/index.js'
import { findArchitecture } from '../../src/nn/index.js'
import { joined, scoresOf } from './online.js'

const runtime = localRuntime(preferredBuild())
const OPTIONS = {
  window: 12,
  stride: 1,
  units: 12,
  latent: 4,
  epochs: 40,
  batchSize: 16,
  learningRate: 0.01,
  patience: 10,
  minDelta: 1e-4,
}

function machine(n: number, seed: number, constant = false): ScaledFrame {
  const random = createRandom(seed)
  const values = new Float32Array(n * 3)
  for (let i = 0; i < n; i++) {
    values[i * 3] = Math.sin(0.3 * i) + 0.05 * random.normal()
    values[i * 3 + 1] = Math.cos(0.3 * i) + 0.05 * random.normal()
    values[i * 3 + 2] = constant ? 0 : Math.sin(0.3 * i) * Math.cos(0.3 * i) + 0.05 * random.normal()
  }
  const timeMs = Float64Array.from({ length: n }, (_, i) => i)
  return asScaled({ timeMs, timeKind: 'index', channels: ['a', 'b', 'c'] }, values)
}

describe.each(ALIGNMENTS)('the autoencoder detector, alignment %s', alignment => {
  let fitted: FittedAutoencoder
  const detector = autoencoder(OPTIONS, runtime)
  const context = { validation: machine(120, 2), seed: 1 }
  const scores = (detector: FittedAutoencoder, frame: ScaledFrame) => scoresOf(detector, frame, { alignment })
  beforeAll(async () => {
    fitted = await detector.fit(machine(400, 1), context)
  })

  it('scores every sample it can and says why it cannot', () => {
    const { score, residual, reason } = scores(fitted, machine(100, 3))
    expect(score).toHaveLength(100)
    expect(residual).toHaveLength(300)
    score.forEach((value, i) => {
      expect(Number.isNaN(value)).toBe(reason[i] !== 0)
    })
    expect(reason.filter(r => r !== 0)).toHaveLength(alignment === 'causal' ? 11 : 0)
  })

  it('scores a fault high and gives its channel more than an equal share', () => {
    const frame = machine(200, 4)
    for (let i = 100; i < 120; i++) frame.values[i * 3 + 1] += 0.6
    const { score, residual } = scores(fitted, frame)
    const mean = (from: number, to: number) =>
      score.subarray(from, to).reduce((sum, value) => sum + value, 0) / (to - from)
    expect(mean(100, 120)).toBeGreaterThan(5 * mean(30, 80))
    const share = [0, 1, 2].map(c => residual[110 * 3 + c])
    const total = share[0] + share[1] + share[2]
    expect(share[1]).toBeGreaterThan(total / 3)
    expect(score[110]).toBeCloseTo(total / 3, 4)
  })

  it('is calibrated: the mean score of the validation part is 1', () => {
    const score = scores(fitted, context.validation).score.filter(Number.isFinite)
    expect(score.reduce((sum, value) => sum + value, 0) / score.length).toBeCloseTo(1, 5)
  })

  it('gives the same numbers for the same seed, others for another', async () => {
    const frame = machine(60, 5)
    const again = await detector.fit(machine(400, 1), context)
    const other = await detector.fit(machine(400, 1), { ...context, seed: 2 })
    expect(scores(again, frame).score).toEqual(scores(fitted, frame).score)
    expect(scores(other, frame).score).not.toEqual(scores(fitted, frame).score)
  })

  it('comes back from its state bit for bit, and leaves its input untouched', () => {
    const frame = machine(80, 6)
    const before = Float32Array.from(frame.values)
    const loaded = loadAutoencoder(fitted.state(), runtime)
    expect(scores(loaded, frame)).toEqual(scores(fitted, frame))
    expect(loaded.state()).toEqual(fitted.state())
    expect(frame.values).toEqual(before)
  })

  it('stays finite with a channel that never moved, and sees it when it does', async () => {
    const quiet = await detector.fit(machine(400, 1, true), { ...context, validation: machine(120, 2, true) })
    const frame = machine(100, 7, true)
    const usual = Math.max(...scores(quiet, frame).score.filter(Number.isFinite))
    frame.values[60 * 3 + 2] = 1
    const moved = scores(quiet, frame).score
    expect(moved.every(value => Number.isFinite(value) || alignment === 'causal')).toBe(true)
    expect(moved[60]).toBeGreaterThan(3 * usual)
  })

  it('does not score what a missing reading touches, and goes on after it', () => {
    const frame = machine(80, 8)
    const whole = scores(fitted, frame)
    frame.values[40 * 3] = Number.NaN
    const { score, reason } = scores(fitted, frame)
    const touched = alignment === 'causal' ? [40, 51] : [29, 51]
    score.forEach((value, i) => {
      if (i < touched[0] || i > touched[1]) expect(value).toBe(whole.score[i])
      else expect([value, REASONS[reason[i]]]).toEqual([Number.NaN, 'missing'])
    })
  })

  it('expects what it reconstructs: near the readings of a machine that is well', () => {
    const frame = machine(100, 9)
    const { expected, residual } = scoresOf(fitted, frame, { alignment, expected: true })
    expect(residual).toEqual(scores(fitted, frame).residual)
    const errors = Array.from(expected ?? [], (value, i) => Math.abs(value - frame.values[i]))
    const known = errors.filter(Number.isFinite)
    expect(known).toHaveLength(alignment === 'causal' ? 89 * 3 : 300)
    expect(known.reduce((sum, error) => sum + error, 0) / known.length).toBeLessThan(0.25)
  })
})

describe('the autoencoder detector', () => {
  const detector = autoencoder({ ...OPTIONS, epochs: 4 }, runtime)
  const context = { validation: machine(120, 2), seed: 1 }

  it('scores windows alone as it does the samples that end them', async () => {
    const fitted = await detector.fit(machine(400, 1), context)
    const frame = machine(90, 3)
    const { score } = scoresOf(fitted, frame)
    const windows = new Float32Array(70 * 12 * 3)
    for (let w = 0; w < 70; w++) windows.set(frame.values.subarray(w * 3, (w + 12) * 3), w * 12 * 3)
    const out = new Float32Array(70)
    fitted.scoreWindows(windows, 70, out)
    expect(out).toEqual(score.slice(11, 81))
  })

  it('stops at once when aborted, and keeps the best weights when asked', async () => {
    const abortAfter = (epochs: number, keepBest: boolean) => {
      const abort = new AbortController()
      const onProgress = ({ epoch }: { epoch: number }) => {
        if (epoch > epochs) abort.abort()
      }
      return { ...context, signal: abort.signal, onProgress, keepBest }
    }
    const longer = autoencoder(OPTIONS, runtime)
    const run = (hooks: typeof context) => longer.fit(machine(400, 1), hooks)
    await expect(run(abortAfter(3, false))).rejects.toMatchObject({ code: 'interrupted' })
    await expect(run(abortAfter(0, true))).rejects.toMatchObject({ code: 'interrupted' })
    expect((await run(abortAfter(3, true))).history).toHaveLength(3)
  })

  it.each([
    ['covering', 'two-sided', 'causal'],
    ['end', 'causal', 'two-sided'],
  ] as const)('reads version 1, alignment %s, which knows %s scores only', async (first, known, other) => {
    const fitted = await detector.fit(machine(400, 1), context)
    const { arrays, options, ...rest } = fitted.state()
    const { [`usualError.${known}`]: usualError, [`usualError.${other}`]: _, ...weights } = arrays
    const old = { ...rest, version: 1, options: { ...(options as object), alignment: first } }
    const loaded = loadAutoencoder({ ...old, arrays: { ...weights, usualError } }, runtime)
    const frame = machine(40, 3)
    expect(scoresOf(loaded, frame, { alignment: known })).toEqual(
      scoresOf(fitted, frame, { alignment: known }),
    )
    expect(() => loaded.online({ alignment: other })).toThrowError(
      expect.objectContaining({ code: 'alignment-missing', where: { known, wanted: other } }),
    )
    expect(loadAutoencoder(loaded.state(), runtime).state()).toEqual(loaded.state())
    expect(() => loadAutoencoder({ ...old, arrays: weights }, runtime)).toThrowError(
      expect.objectContaining({ code: 'artefact-damaged' }),
    )
  })

  it('scores as telltale 0.1 did with a model of it', async () => {
    const folder = new URL('../fixtures/models/0.1.0/', import.meta.url)
    const read = (name: string) => readFileSync(new URL(name, folder))
    const { stages, calibration } = JSON.parse(read('autoencoder/manifest.json').toString())
    const tensors = decodeSafetensors(read('autoencoder/weights.safetensors'))
    const arrays = nestedState({ options: { parts: { detector: {} } }, arrays: tensors }, 'detector')?.arrays
    const loaded = loadAutoencoder({ ...stages.detector, arrays }, runtime)
    expect(() => loaded.online()).toThrowError(expect.objectContaining({ code: 'alignment-missing' }))

    const { channels, values, expected } = JSON.parse(read('scored.json').toString())
    const { 'scaler.offset': offset, 'scaler.spread': spread } = tensors
    const scaled = Float32Array.from(
      values,
      (value: number, i) => (value - offset.data[i % 3]) / spread.data[i % 3],
    )
    const timeMs = Float64Array.from({ length: values.length / 3 }, (_, i) => i)
    const frame = asScaled({ timeMs, timeKind: 'index', channels }, scaled)
    const { score } = scoresOf(loaded, frame, { alignment: 'two-sided' })
    const wanted: number[] = expected.autoencoder.score
    expect(score).toHaveLength(wanted.length)
    score.forEach((value, i) => {
      expect(value / calibration.level).toBeCloseTo(wanted[i], 4)
    })
  })
})

describe.each([
  ['two-sided', 'lstm-autoencoder'],
  ['causal', 'lstm-autoencoder'],
  ['two-sided', 'gru-forecaster'],
  ['causal', 'gru-forecaster'],
] as const)('the online form, alignment %s, %s,', (alignment, name) => {
  it.each([1, 3, 20])(
    'gives the same bits at stride %i, however it is cut and taken up again',
    async stride => {
      const sizes = { units: 6, latent: undefined, epochs: 2, architecture: findArchitecture(name) }
      const fitted = await autoencoder({ ...OPTIONS, ...sizes }, runtime).fit(machine(200, 1), {
        validation: machine(60, 2),
        seed: 1,
      })
      const random = createRandom(5)
      const options: OnlineOptions = { alignment, stride, expected: true }
      for (const n of [5, 12, 13, 90]) {
        const frame = machine(n, 3)
        let online = fitted.online(options)
        const parts: Scores[] = []
        for (let at = 0; at < n; ) {
          const end = Math.min(n, at + 1 + random.integer(20))
          parts.push(online.push(sliceFrame(frame, at, end)))
          if (random.integer(2) === 0) online = fitted.online(options, online.state())
          at = end
          const emitted = parts.reduce((sum, { score }) => sum + score.length, 0)
          expect(emitted).toBe(alignment === 'causal' ? at : Math.max(0, at - fitted.lookahead))
        }
        expect(joined([...parts, online.finish()])).toEqual(scoresOf(fitted, frame, options))
      }
    },
  )
})

it('refuses a state of other options', async () => {
  const fitted = await autoencoder({ ...OPTIONS, epochs: 1 }, runtime).fit(machine(200, 1), {
    validation: machine(60, 2),
    seed: 1,
  })
  const state = fitted.online().state()
  const others = [{ alignment: 'two-sided' }, { stride: 2 }, { expected: true }] as const
  for (const options of others)
    expect(() => fitted.online(options, state)).toThrowError(expect.objectContaining({ code: 'state-unfit' }))
  expect(() => fitted.online({}, { ...state, kind: 'other' })).toThrowError(
    expect.objectContaining({ code: 'state-unfit' }),
  )
})
