import type { FittedScaler, FittedThreshold, OnlineDetector } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { State } from '../core/state.js'
import {
  loadAutoencoder,
  loadCusum,
  loadDeviation,
  loadEnsemble,
  loadEwma,
  loadHalfSpaceTrees,
  loadIsolationForest,
  loadKMeans,
  loadLinearVar,
  loadMatrixProfile,
  loadMovingAverage,
  loadNearest,
  loadPca,
  loadRange,
  loadSeasonal,
  type Runtime,
} from '../detect/index.js'
import { loadAffineScaler } from '../scale/index.js'
import { THRESHOLD_LOADERS } from '../threshold/index.js'

/** The only list from a saved kind to what brings it back. */
const DETECTORS: Record<string, (state: State, runtime: Runtime) => OnlineDetector> = {
  'detector:autoencoder': loadAutoencoder,
  'detector:cusum': loadCusum,
  'detector:deviation': loadDeviation,
  'detector:ensemble': (state, runtime) => loadEnsemble(state, member => loadDetector(member, runtime)),
  'detector:ewma': loadEwma,
  'detector:half-space-trees': loadHalfSpaceTrees,
  'detector:isolation-forest': loadIsolationForest,
  'detector:k-means': (state, { build }) => loadKMeans(state, build),
  'detector:linear-var': loadLinearVar,
  'detector:matrix-profile': (state, { build }) => loadMatrixProfile(state, build),
  'detector:moving-average': loadMovingAverage,
  'detector:nearest': (state, { build }) => loadNearest(state, build),
  'detector:pca': loadPca,
  'detector:range': loadRange,
  'detector:seasonal': loadSeasonal,
}
const SCALER_LOADERS: Record<string, (state: State) => FittedScaler> = {
  'scaler:standard': loadAffineScaler,
  'scaler:robust': loadAffineScaler,
  'scaler:minmax': loadAffineScaler,
}

export function loadDetector(state: State, runtime: Runtime): OnlineDetector {
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
