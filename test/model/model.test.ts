import { describe, expect, it } from 'vitest'
import { ALIGNMENTS, type Alignment } from '../../src/core/contracts.js'
import { preferredBuild } from '../../src/kernels/index.js'
import { modelFromBytes, modelFromState, modelToBytes, modelToState, withId } from '../../src/model/index.js'
import { fixtureState, NAMES, scored } from './fixtures.js'

const { frame, expected } = scored()

describe('a model of telltale 0.1', () => {
  it.each(NAMES)('%s loads with the alignment it was trained for and keeps its scores', name => {
    const model = modelFromState(fixtureState(name))
    const alignment: Alignment = name === 'auto-end' ? 'causal' : 'two-sided'
    expect(Object.keys(model.calibrations)).toEqual([alignment])
    expect(Object.keys(model.info.calibration)).toEqual([alignment])
    const { threshold } = model.calibrations[alignment]!
    const scorer = model.detector.online({ alignment })
    const pieces = [scorer.push(model.scaler.transform(frame)), scorer.finish()]
    const raw = pieces.flatMap(({ score }) => Array.from(score))
    const { score, kernels } = expected[name]
    expect(raw.length).toBe(score.length)
    raw.forEach((value, i) => {
      const published = Math.fround(value / threshold.level)
      if (score[i] === null) expect(published, `sample ${i}`).toBeNaN()
      else if (kernels === preferredBuild()) expect(published, `sample ${i}`).toBe(score[i])
      else expect(published, `sample ${i}`).toBeCloseTo(score[i] as number, 5)
    })
  })
})
