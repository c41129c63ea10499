import { checkParts } from '../core/check-input.js'
import { ALIGNMENTS } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { type Json, nestedState, nestStates, type State, type Tensor, vector } from '../core/state.js'
import { stateFromBytes, stateToBytes } from '../core/state-bytes.js'
import { localRuntime, type Runtime } from '../detect/index.js'
import { preferredBuild } from '../kernels/index.js'
import { checkArrays, compact, refuseStrangers } from './arrays.js'
import { loadCalibration } from './calibration.js'
import { contentId } from './content-id.js'
import { checkDetectorFacts } from './detector-facts.js'
import { loadExcerpt } from './excerpt.js'
import { checkModel, type Model, type ModelInfo } from './info.js'
import { parseManifest } from './manifest.js'
import { loadDriftReference } from './reference-rules.js'
import { loadDetector, loadRegimes, loadScaler } from './registry.js'
import { damaged, MODEL_PATH } from './state-rule.js'
import { upgrade } from './upgrade.js'

/** Version of the format in which models are written; the one before is read too. */
export const MODEL_VERSION = 2
const KIND = 'model'

/**
 * A model as data: what `info` says and, under `parts`, the state of each stage. It executes nothing, and can be stored, cloned, sent to a worker
 * or a browser. Its id is that of its content, whatever `info.id` says.
 */
export function modelToState(model: Model): State {
  checkModel(model, 'a state')
  const { scaler, detector, regimes, baseline, reference, residuals, excerpt, calibrations } = model
  const states: Record<string, State | undefined> = {
    scaler: scaler.state(),
    detector: detector.state(),
    regimes: regimes?.state(),
    baseline: baseline?.state(),
    reference: reference?.state(),
    residuals: residuals?.state(),
    excerpt: excerpt?.state(),
  }
  const scores: Record<string, Tensor> = {}
  for (const alignment of ALIGNMENTS) {
    const calibration = calibrations[alignment]
    if (calibration === undefined) continue
    states[`${alignment}.threshold`] = calibration.threshold.state()
    states[`${alignment}.levels`] = calibration.levels?.state()
    scores[`${alignment}.scores`] = vector(calibration.scores)
  }
  const { options, arrays } = nestStates(states)
  const content = {
    kind: KIND,
    version: MODEL_VERSION,
    options: { ...(model.info as unknown as Record<string, Json>), ...options },
    arrays: compact({ ...arrays, ...scores }),
  }
  return { ...content, options: { ...content.options, id: contentId(content) } }
}

/**
 * Restores a model; the same samples get the same scores, bit for bit on the same kernel build. A model of telltale 0.1 is brought to the form of
 * today and knows the alignment that it was trained for. Cost: milliseconds for a small model, and 8 ms per MB for its id.
 *
 * @throws ArtefactError `artefact-damaged` naming the field or tensor when anything in it is not as it must be, or its id is not that of its
 * content; `artefact-version` when the model or a stage is of a version that this telltale does not read
 */
export function modelFromState(state: State, runtime: Runtime = localRuntime(preferredBuild())): Model {
  checkParts(state, ['arrays'], 'state', 'the model')
  if (state.kind !== KIND) throw damaged(`it is a ${state.kind}, not a model`)
  if (state.version !== MODEL_VERSION && state.version !== 1)
    throw createError('artefact-version', {
      path: MODEL_PATH,
      what: 'a manifest of',
      got: state.version,
      wanted: `version 1 and ${MODEL_VERSION}`,
    })
  if (typeof state.options !== 'object' || state.options === null || Array.isArray(state.options))
    throw damaged('it says nothing about itself')
  checkArrays(state.arrays)
  const id = contentId(state)
  if (state.version === 1) return withId(assemble(upgrade(state), runtime))
  const model = assemble(state, runtime)
  if (model.info.id !== id) throw damaged('id: it is not that of the content')
  return model
}

/** A model as one safetensors file, see `modelToState`: equal models give equal bytes. */
export function modelToBytes(model: Model): Uint8Array {
  return stateToBytes(modelToState(model))
}

/** Restores a model from the bytes of `modelToBytes`. Errors: as `modelFromState`. */
export function modelFromBytes(bytes: Uint8Array, runtime?: Runtime): Model {
  return modelFromState(stateFromBytes(bytes, MODEL_PATH), runtime)
}

/** The model with the id of its content in `info`. */
export function withId(model: Omit<Model, 'info'> & { readonly info: Omit<ModelInfo, 'id'> }): Model {
  const unnamed: Model = { ...model, info: { ...model.info, id: '' } }
  const { id } = modelToState(unnamed).options as { id: string }
  return { ...unnamed, info: { ...model.info, id } }
}

function assemble(state: State, runtime: Runtime): Model {
  const { info, parts } = parseManifest(state.options)
  const alignments = ALIGNMENTS.filter(alignment => info.calibration[alignment] !== undefined)
  refuseStrangers(state.arrays, [
    ...Object.keys(parts),
    ...alignments.map(alignment => `${alignment}.scores`),
  ])
  const context = (stage: string) => ({ stage, channels: info.channels.length })
  const stages = ['scaler', 'detector', 'regimes', 'baseline', 'reference', 'residuals', 'excerpt']
  const [scaler, detector, regimes, baseline, reference, residuals, excerpt] = stages.map(stage =>
    nestedState(state, stage),
  )
  const model = {
    info,
    scaler: loadScaler(scaler as State, context('scaler')),
    detector: loadDetector(detector as State, runtime, context('detector')),
    calibrations: Object.fromEntries(
      alignments.map(alignment => [alignment, loadCalibration(state, info, alignment)]),
    ),
    ...(regimes && { regimes: loadRegimes(regimes, context('regimes')) }),
    ...(baseline && { baseline: loadDetector(baseline, runtime, context('baseline')) }),
    ...(reference && { reference: loadDriftReference(reference, info.channels, context('reference')) }),
    ...(residuals && { residuals: loadDriftReference(residuals, info.channels, context('residuals')) }),
    ...(excerpt && { excerpt: loadExcerpt(excerpt, info.channels, context('excerpt')) }),
  }
  checkDetectorFacts(info, model.detector)
  return model
}
