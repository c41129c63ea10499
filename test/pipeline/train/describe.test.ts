import { describe, expect, it } from 'vitest'
import { modelFromBytes, modelToBytes } from '../../../src/model/index.js'
import { trainModel } from '../../../src/pipeline/index.js'
import { machine } from '../machine.js'

const history = machine(400, 1)

describe('what a model says about itself', () => {
  it('has the options that decide what it becomes, how the table was read, and not how it was computed', async () => {
    const options = { detector: 'z-score', window: 12, workers: 1, maxGap: 3 } as const
    const hooks = {
      device: 'p1',
      columns: { time: 'when', label: 'fault' },
      reading: { rename: ['a=b'], cadence: '2m' },
    }
    const { info } = await trainModel(history, options, hooks)
    expect(info).toMatchObject({
      kind: 'z-score',
      device: 'p1',
      timeColumn: 'when',
      labelColumn: 'fault',
      channels: ['pressure', 'flow'],
      parameters: null,
      options: { detector: 'z-score', window: 12, maxGap: 3, rename: ['a=b'], cadence: '2m' },
      training: {
        rows: 400,
        from: history.timeMs[0],
        to: history.timeMs[399],
        epochs: null,
        bestEpoch: null,
      },
    })
    for (const how of ['workers', 'epochs', 'stride', 'keepBest', 'out', 'checkpoint'])
      expect(info.options).not.toHaveProperty(how)
    expect(info.training.parts.validation).toBeUndefined()
    expect(info.id).toMatch(/^[0-9a-f]{64}$/)
  })

  it('names the channels that an ensemble takes for switches, and keeps that in its file', async () => {
    const { values, channels } = history
    const turned = values.map((value, at) => (at % 2 === 0 ? value : at % 70 < 4 ? 1 : 0))
    const model = await trainModel({ ...history, values: turned }, { workers: 1, window: 12 })
    expect(model.info.switches).toEqual([channels[1]])
    expect((await modelFromBytes(await modelToBytes(model))).info.switches).toEqual([channels[1]])
    const without = await trainModel(history, { workers: 1, window: 12 })
    expect(without.info).not.toHaveProperty('switches')
  })

  it('has the epochs, the best one and its loss, and the number of parameters of a network', async () => {
    const { info, detector } = await trainModel(history, {
      architecture: 'dense-ae',
      units: 4,
      latent: 2,
      window: 12,
      epochs: 3,
      patience: 0,
      workers: 1,
    })
    expect(info).toMatchObject({ kind: 'autoencoder', architecture: 'dense-ae', training: { epochs: 3 } })
    const { bestEpoch, history: epochs } = detector.state().options as {
      bestEpoch: number
      history: { epoch: number; validationLoss: number }[]
    }
    expect(info.training.bestEpoch).toBe(bestEpoch)
    expect(info.training.bestValidationLoss).toBe(
      Math.min(...epochs.map(({ validationLoss }) => validationLoss)),
    )
    const weights = Object.entries(detector.state().arrays).filter(([name]) => !name.startsWith('usualError'))
    expect(info.parameters).toBe(weights.reduce((sum, [, { data }]) => sum + data.length, 0))
  })
})
