import type { Json, State, Tensor } from '../core/state.js'
import type { Runtime } from '../detect/index.js'
import { dataSchema } from '../validate/index.js'
import type { Model, ModelInfo } from './info.js'
import { loadDetector, loadFittedThreshold, loadRegimes, loadScaler } from './registry.js'

/** A model as data: JSON and named tensors. It can be stored, sent to a worker or a browser, and executes nothing. */
export interface ModelState {
  readonly manifest: Readonly<Record<string, Json>>
  readonly tensors: Readonly<Record<string, Tensor>>
}

/** A model as data; `modelFromState` brings it back. */
export function modelToState(model: Model): ModelState {
  const stages = {
    scaler: model.scaler.state(),
    detector: model.detector.state(),
    threshold: model.threshold.state(),
    ...(model.baseline && { baseline: model.baseline.state() }),
    ...(model.regimes && {
      regimes: model.regimes.finder.state(),
      'regime-levels': model.regimes.levels.state(),
    }),
  }
  const tensors: Record<string, Tensor> = {
    'calibration.scores': { shape: [model.calibrationScores.length], data: model.calibrationScores },
  }
  const described: Record<string, Json> = {}
  for (const [stage, state] of Object.entries(stages)) {
    described[stage] = { kind: state.kind, version: state.version, options: state.options }
    for (const [name, tensor] of Object.entries(state.arrays)) tensors[`${stage}.${name}`] = tensor
  }
  return { manifest: { ...(model.info as unknown as Record<string, Json>), stages: described }, tensors }
}

/** Brings a model back from data. */
export function modelFromState({ manifest, tensors }: ModelState, runtime: Runtime): Model {
  const { stages, ...info } = manifest as { stages: Record<string, Omit<State, 'arrays'>> } & Record<
    string,
    Json
  >
  const state = (stage: string): State => ({
    ...stages[stage],
    arrays: Object.fromEntries(
      Object.entries(tensors)
        .filter(([name]) => name.startsWith(`${stage}.`))
        .map(([name, tensor]) => [name.slice(stage.length + 1), tensor]),
    ),
  })
  return {
    info: { ...(info as unknown as ModelInfo), schema: dataSchema.optional().parse(info.schema) },
    scaler: loadScaler(state('scaler')),
    detector: loadDetector(state('detector'), runtime),
    threshold: loadFittedThreshold(state('threshold')),
    ...(stages.regimes && { regimes: loadRegimes(state('regimes'), state('regime-levels')) }),
    calibrationScores: Float32Array.from(tensors['calibration.scores'].data),
    ...(stages.baseline && { baseline: loadDetector(state('baseline'), runtime) }),
  }
}
