import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { knownOnly, refuseUnknown } from '../../src/core/parse-options.js'
import { explainEvents } from '../../src/explain/index.js'
import { ARCHITECTURES } from '../../src/nn/index.js'
import {
  backtest,
  detect,
  detectStream,
  evaluateModel,
  exportOnnx,
  recalibrate,
  smallestFaults,
  type TrainSettings,
  trainModel,
  trainOptions,
  tune,
} from '../../src/pipeline/index.js'
import { openSession } from '../../src/session/index.js'
import { validateFrame } from '../../src/validate/index.js'

const frame = {
  timeMs: Float64Array.from({ length: 400 }, (_, i) => i),
  timeKind: 'index' as const,
  values: Float64Array.from({ length: 400 }, (_, i) => Math.sin(0.3 * i) + 0.01 * ((i * 7) % 11)),
  channels: ['a'],
}

describe('a setting that is not known', () => {
  const schema = z.object({ window: z.number().optional() })

  it('is refused with the nearest name, unless it is undefined', () => {
    expect(() => refuseUnknown(schema, { windw: 3 }, 'x')).toThrow(
      expect.objectContaining({
        code: 'option-unknown',
        where: { name: 'windw', where: 'x', nearest: 'window' },
      }),
    )
    expect(() => refuseUnknown(schema, { window: 3, windw: undefined }, 'x')).not.toThrow()
    expect(knownOnly(schema, { window: 3, other: 4 })).toEqual({ window: 3 })
  })

  it.each(Object.keys(trainOptions.shape))('%s, misspelt, refuses a training and a backtest', async name => {
    const settings = { [`${name}x`]: 1 } as TrainSettings
    const refusal = expect.objectContaining({
      code: 'option-unknown',
      where: expect.objectContaining({ nearest: name }),
    })
    await expect(trainModel(frame, settings)).rejects.toEqual(refusal)
    await expect(
      backtest(frame, new Uint8Array(400), settings, { retrainEvery: '100', firstRows: 200 }),
    ).rejects.toEqual(refusal)
  })

  const labels = new Uint8Array(400)
  const measures = { resamples: 0, sweep: false, seed: 1 }
  const model = trainModel(frame, { detector: 'pca-q' })
  it.each([
    ['openSession', 'alignment', async (given: object) => openSession(await model, given)],
    ['detect', 'stride', async (given: object) => detect(await model, frame, given)],
    ['detectStream', 'adapt', async (given: object) => detectStream(await model, [frame], given).next()],
    [
      'evaluateModel',
      'quantile',
      async (given: object) => evaluateModel(await model, frame, labels, { ...measures, ...given }),
    ],
    [
      'smallestFaults',
      'threshold',
      async (given: object) => smallestFaults(await model, frame, { repeats: 1, seed: 1, ...given }),
    ],
    ['recalibrate', 'falseAlarms', async (given: object) => recalibrate(await model, given)],
    [
      'explainEvents',
      'method',
      async (given: object) => explainEvents(await model, await detect(await model, frame), [], [], given),
    ],
    ['exportOnnx', 'threshold', async (given: object) => exportOnnx(await model, given)],
    ['validateFrame', 'maxGap', async (given: object) => validateFrame(frame, given)],
    [
      'tune',
      'trials',
      async (given: object) => tune(frame, given as never, ARCHITECTURES, 'unused', { now: () => 0 }),
    ],
  ])('%s refuses %s, misspelt', async (_, name, call) => {
    await expect(call({ [`${name}x`]: 1 })).rejects.toEqual(
      expect.objectContaining({
        code: expect.stringMatching(/^option-(unknown|invalid)$/),
        message: expect.stringContaining(`${name}x`),
      }),
    )
  })
})
