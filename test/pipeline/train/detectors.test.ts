import { describe, expect, it } from 'vitest'
import { detectorsOf } from '../../../src/core/parse-options.js'
import {
  chosenDetector,
  DETECTOR_NAMES,
  detect,
  networkOption,
  type TrainSettings,
  trainModel,
  trainOptions,
} from '../../../src/pipeline/index.js'
import { trainSettings } from '../../../src/pipeline/settings/train-options.js'
import { machine } from '../machine.js'

const history = machine(400, 1)
const SMALL = { architecture: 'dense-ae', window: 6, epochs: 4, latent: 2, workers: 1 } as const

/** Every option that counts for some detectors alone, with a value that is not its default. */
const OTHER = {
  stride: 3,
  architecture: 'conv-ae',
  units: 5,
  latent: 3,
  epochs: 2,
  batchSize: 8,
  learningRate: 0.01,
  optimizer: 'sgd',
  loss: 'mae',
  schedule: 'cosine',
  clipNorm: 0.01,
  trim: 0.1,
  trimRounds: 2,
  checkpoint: 'folder',
  patience: 1,
  minDelta: 1,
  validationShare: 0.3,
  keepBest: true,
} satisfies TrainSettings
type Name = keyof typeof OTHER
const NAMES = Object.keys(OTHER) as Name[]
const given = (name: Name): TrainSettings => ({
  [name]: OTHER[name],
  ...(name === 'trimRounds' && { trim: 0.1 }),
})

describe('options of detectors', () => {
  it('are those of the table', () => {
    expect(NAMES).toEqual(Object.keys(trainSettings.shape).filter(key => detectorsOf(trainSettings, key)))
  })

  it.each(NAMES)(
    '%s chooses a network, counts for it, and is refused by name for every other detector',
    name => {
      const asked = trainOptions.parse(given(name))
      expect(chosenDetector(asked)).toBe('autoencoder')
      expect(networkOption(asked)).toMatch(/^--[a-z-]+$/)
      for (const detector of DETECTOR_NAMES) {
        const options = { ...asked, detector }
        if (detectorsOf(trainSettings, name)?.includes(detector))
          expect(chosenDetector(options)).toBe(detector)
        else
          expect(() => chosenDetector(options)).toThrow(
            expect.objectContaining({
              code: 'option-without-effect',
              message: expect.stringMatching(
                new RegExp(`^--[a-z-]+ has no effect on the detector ${detector}$`),
              ),
            }),
          )
      }
    },
  )

  it('with the value of their default are refused too: given is given', () => {
    for (const options of [{ epochs: 100 }, { stride: 1 }, { trim: 0 }, { keepBest: false }])
      expect(() => chosenDetector(trainOptions.parse({ ...options, detector: 'auto' }))).toThrow(
        expect.objectContaining({ code: 'option-without-effect' }),
      )
    expect(chosenDetector(trainOptions.parse({}))).toBe('auto')
  })

  // Both matter only where a training is interrupted.
  it.each(NAMES.filter(name => name !== 'checkpoint' && name !== 'keepBest'))(
    '%s changes the network',
    async name => {
      const weights = async (options: TrainSettings) => {
        const { detector } = await trainModel(history, { ...SMALL, ...options })
        return JSON.stringify(Object.values(detector.state().arrays).map(({ data }) => [...data]))
      }
      const base = name === 'trimRounds' ? { trim: 0.1 } : name === 'patience' ? { minDelta: 1 } : {}
      const more = name === 'minDelta' ? { patience: 1 } : {}
      expect(await weights({ ...base, ...more, ...given(name) })).not.toBe(
        await weights({ ...base, ...(name === 'minDelta' && { patience: 1, minDelta: 0 }) }),
      )
    },
  )

  it('have no place in the rounds of --trim that are not asked for', () => {
    expect(() => chosenDetector(trainOptions.parse({ trimRounds: 2 }))).toThrow(
      '--trim-rounds has no effect without --trim',
    )
  })

  it('of scoring are refused for a model that they have no effect on', async () => {
    const cheap = await trainModel(history, { detector: 'z-score' })
    for (const settings of [{ stride: 2 }, { batchSize: 7 }])
      await expect(detect(cheap, history, settings)).rejects.toMatchObject({
        code: 'option-without-effect',
        message: expect.stringContaining('a model of the detector z-score'),
      })
    const network = await trainModel(history, SMALL)
    expect((await detect(network, history, { stride: 2 })).score.length).toBe(400)
  })
})
