import type { FittedScaler, FittedThreshold, OnlineDetector } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { State } from '../core/state.js'
import {
  loadAutoencoder,
  loadCommittee,
  REGIME_LOADERS,
  type Runtime,
  simpleLoaders,
} from '../detect/index.js'
import { loadAffineScaler } from '../scale/index.js'
import { type FittedRegimeThreshold, THRESHOLD_LOADERS } from '../threshold/index.js'
import type { ModelRegimes } from './regimes.js'

/** The only lists from a saved kind to what brings it back. */
const detectorLoaders = (runtime: Runtime) =>
  simpleLoaders({
    'detector:autoencoder': state => loadAutoencoder(state, runtime),
    'detector:committee': state => loadCommittee(state, runtime.build),
  })
const SCALER_LOADERS: Record<string, (state: State) => FittedScaler> = {
  'scaler:standard': loadAffineScaler,
  'scaler:robust': loadAffineScaler,
  'scaler:minmax': loadAffineScaler,
}

export function loadDetector(state: State, runtime: Runtime): OnlineDetector {
  return loader(detectorLoaders(runtime), state)(state)
}
export function loadScaler(state: State): FittedScaler {
  return loader(SCALER_LOADERS, state)(state)
}
export function loadFittedThreshold(state: State): FittedThreshold {
  return loader(THRESHOLD_LOADERS, state)(state)
}
export function loadRegimes(finder: State, levels: State): ModelRegimes {
  return {
    finder: loader(REGIME_LOADERS, finder)(finder),
    levels: loadFittedThreshold(levels) as FittedRegimeThreshold,
  }
}

function loader<T>(table: Readonly<Record<string, T>>, state: State): T {
  if (!Object.hasOwn(table, state.kind) || state.version !== 1) {
    const known = Object.keys(table).join(', ')
    throw createError('artefact-version', {
      path: 'the model',
      got: `${state.kind} ${state.version}`,
      wanted: `version 1 of ${known}`,
    })
  }
  return table[state.kind]
}
