import type { Alignment, FittedThreshold } from '../core/contracts.js'
import { nestedState, type State } from '../core/state.js'
import type { FittedRegimeThreshold } from '../threshold/index.js'
import type { Calibration, ModelInfo } from './info.js'
import { loadThreshold } from './registry.js'
import { damaged } from './state-rule.js'
import { ruleMisfit } from './threshold-rules.js'

/**
 * Restores the calibration of an alignment, after checking that it is the one that `info` speaks of.
 *
 * @param state of the model, which has such a calibration
 * @throws ArtefactError `artefact-damaged`, `artefact-version`
 */
export function loadCalibration(state: State, info: ModelInfo, alignment: Alignment): Calibration {
  const said = info.calibration[alignment]!
  const refuse = (field: string, reason: string) => damaged(`calibration.${alignment}.${field}: ${reason}`)
  const own = nestedState(state, `${alignment}.threshold`) as State
  const context = (stage: string) => ({ stage: `${alignment}.${stage}`, channels: info.channels.length })
  const threshold = loadThreshold(own, context('threshold'))
  if (said.method !== own.kind) throw refuse('method', `the threshold is a ${own.kind}`)
  if (said.level !== threshold.level) throw refuse('level', `the threshold has the level ${threshold.level}`)
  const misfit = ruleMisfit(info.settings.threshold, own)
  if (misfit !== undefined) throw damaged(`settings.threshold: ${misfit}`)
  const scores = scoresOf(state, alignment)
  const known = scores.reduce((count, score) => count + (Number.isNaN(score) ? 0 : 1), 0)
  if (said.samples !== known) throw refuse('samples', `there are ${known} scores`)
  const levels = nestedState(state, `${alignment}.levels`)
  return {
    threshold,
    scores,
    ...(levels && { levels: regimeLevels(loadThreshold(levels, context('levels'))) }),
  }
}

function scoresOf({ arrays }: State, alignment: Alignment): Float32Array {
  const name = `${alignment}.scores`
  if (!Object.hasOwn(arrays, name)) throw damaged(`the tensor ${name} is missing`)
  const { shape, data } = arrays[name]
  if (shape.length !== 1)
    throw damaged(`the tensor ${name} has the shape [${shape}], wanted is one dimension`)
  return Float32Array.from(data)
}

function regimeLevels(threshold: FittedThreshold): FittedRegimeThreshold {
  if ('levelOf' in threshold) return threshold as FittedRegimeThreshold
  throw damaged('the levels of regimes are those of another rule')
}
