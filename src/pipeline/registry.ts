import type { FittedScaler, FittedThreshold } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { State } from '../core/state.js'
import { type FittedAutoencoder, loadAutoencoder, type Runtime } from '../detect/index.js'
import { loadAffineScaler } from '../scale/index.js'
import { THRESHOLD_LOADERS } from '../threshold/index.js'

/** The only list from a saved kind to what brings it back. */
const DETECTORS: Record<string, (state: State, runtime: Runtime) => FittedAutoencoder> = {
  'detector:autoencoder': loadAutoencoder,
}
const SCALER_LOADERS: Record<string, (state: State) => FittedScaler> = {
  'scaler:standard': loadAffineScaler,
  'scaler:robust': loadAffineScaler,
  'scaler:minmax': loadAffineScaler,
}

export function loadDetector(state: State, runtime: Runtime): FittedAutoencoder {
  return loader(DETECTORS, state)(state, runtime)
}
export function loadScaler(state: State): FittedScaler {
  return loader(SCALER_LOADERS, state)(state)
}
export function loadFittedThreshold(state: State): FittedThreshold {
  return loader(THRESHOLD_LOADERS, state)(state)
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
