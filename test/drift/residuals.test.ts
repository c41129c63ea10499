import { describe, expect, it } from 'vitest'
import type { Frame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { checkDrift, driftVerdict, isDrift, residualFrame } from '../../src/drift/index.js'
import { modelFromBytes, modelToBytes } from '../../src/model/index.js'
import { detect, trainModel } from '../../src/pipeline/index.js'

/** Three channels that follow one load; `apart` gives the second one a load of its own. */
function plant(samples: number, seed: number, { shift = 0, apart = false } = {}): Frame {
  const random = createRandom(seed)
  const values = new Float64Array(3 * samples)
  for (let i = 0; i < samples; i++) {
    const load = random.normal() + shift
    const other = apart ? random.normal() + shift : load
    values[3 * i] = load + 0.1 * random.normal()
    values[3 * i + 1] = 2 * other + 0.2 * random.normal()
    values[3 * i + 2] = -load + 0.1 * random.normal()
  }
  const timeMs = Float64Array.from({ length: samples }, (_, i) => i)
  return { timeMs, timeKind: 'index', values, channels: ['a', 'b', 'c'] }
}

const model = await trainModel(plant(6000, 1), { detector: 'pca-q', eventLength: 0, workers: 1 })

async function checked(frame: Frame) {
  const { residual, score } = await detect(model, frame)
  const { threshold, scores } = model.calibrations['two-sided']!
  const raw = (values: Float32Array) => values.map(value => value * threshold.level)
  const report = checkDrift(model.reference!, frame)
  const errors = checkDrift(model.residuals!, residualFrame(frame.channels, raw(residual)))
  const drifted = (own: typeof report) =>
    own.channels.filter(({ level }) => isDrift(level)).map(one => one.channel)
  const scoreLevel = { ...errors.channels[0], channel: 'score', level: 'none' as const }
  expect([scores.length > 0, score.length]).toEqual([true, frame.timeMs.length])
  return {
    channels: drifted(report),
    errors: drifted(errors),
    verdict: driftVerdict(model.reference!, report, scoreLevel, errors),
  }
}

describe('the errors of a model', () => {
  it('have a reference in units of the calibration, which comes back with the model', () => {
    const { residuals } = modelFromBytes(modelToBytes(model))
    expect(residuals!.channels).toEqual(model.residuals!.channels)
    expect(residuals!.channels.map(({ channel }) => channel)).toEqual(['a', 'b', 'c'])
    expect(residuals!.samples).toBeGreaterThan(4000)
  })

  it('have not drifted where nothing changed', async () => {
    for (const seed of [11, 12, 13, 14, 15]) {
      const { channels, errors, verdict } = await checked(plant(1500, seed))
      expect([channels, errors, verdict.verdict]).toEqual([[], [], 'ok'])
    }
  })

  it('show that channels no longer go together, where each by itself is as before', async () => {
    const { channels, errors, verdict } = await checked(plant(1500, 2, { apart: true }))
    expect(channels).toEqual([])
    expect(errors).toContain('b')
    expect(verdict).toMatchObject({ verdict: 'retrain', channels: errors })
    expect(verdict.reason).toContain('how channels go together has changed')
  })

  it('have not drifted where the machine runs elsewhere and the model follows', async () => {
    const { channels, errors, verdict } = await checked(plant(1500, 3, { shift: 1 }))
    expect([channels, errors, verdict.verdict]).toEqual([['a', 'b', 'c'], [], 'ok'])
  })
})
