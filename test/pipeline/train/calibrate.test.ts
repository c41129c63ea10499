import { describe, expect, it } from 'vitest'
import { ALIGNMENTS } from '../../../src/core/contracts.js'
import { type TrainSettings, trainModel } from '../../../src/pipeline/index.js'
import { quantileThreshold } from '../../../src/threshold/index.js'
import { machine } from '../machine.js'

const history = machine(700, 1)
const train = (options: TrainSettings) => trainModel(history, { window: 12, workers: 1, ...options })

describe('the calibration of a training', () => {
  it.each<TrainSettings>([
    { detector: 'autoencoder', architecture: 'dense-ae', units: 4, latent: 2, epochs: 2 },
    { detector: 'z-score' },
    { detector: 'auto' },
  ])('of %o finds the threshold of each alignment by the rule from its own scores', async options => {
    const { calibrations, info } = await train({ ...options, quantile: 0.95 })
    const { train: learnt, calibration } = info.training.parts
    const { causal, 'two-sided': other } = calibrations
    expect(causal!.scores).not.toEqual(other!.scores)
    const held = calibration.end - calibration.start
    for (const alignment of ALIGNMENTS) {
      const { threshold, scores } = calibrations[alignment]!
      expect(threshold.level).toBe(quantileThreshold(0.95).fit(scores).level)
      // Without a network also what was learnt has a held-back score.
      const own = options.detector === 'autoencoder' ? held : learnt.end - learnt.start + held
      expect(scores).toHaveLength(own)
      expect(info.calibration[alignment]).toMatchObject({
        samples: scores.filter(score => !Number.isNaN(score)).length,
        method: 'threshold:quantile',
        level: threshold.level,
      })
    }
  })

  it('says of regimes what was found: none when there are none, nothing when nobody asked', async () => {
    const asked = await train({ detector: 'z-score', regimes: 'auto' })
    const not = await train({ detector: 'z-score', regimes: 'off' })
    for (const alignment of ALIGNMENTS) {
      expect(asked.info.calibration[alignment]?.regimes).toEqual([])
      expect(not.info.calibration[alignment]).not.toHaveProperty('regimes')
      expect(asked.calibrations[alignment]?.levels).toBeUndefined()
    }
    expect(asked.regimes).toBeUndefined()
  })
})
