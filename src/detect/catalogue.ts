import type { FitContext, FittedDetector } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { ScaledFrame } from '../core/frame.js'
import { DAY_MS } from '../core/milliseconds.js'
import type { State } from '../core/state.js'
import { loadCrossRegression } from './cross-regression.js'
import { cusum, loadCusum } from './cusum.js'
import { deviation, loadDeviation } from './deviation.js'
import { ewma, loadEwma } from './ewma.js'
import { loadEnsemble } from './fitted-ensemble.js'
import { halfSpaceTrees, loadHalfSpaceTrees } from './half-space-trees.js'
import { isolationForest, loadIsolationForest } from './isolation-forest.js'
import { kMeans } from './k-means.js'
import { linearVar, loadLinearVar } from './linear-var.js'
import { loadMatrixProfile, matrixProfile } from './matrix-profile.js'
import { loadMovingAverage, movingAverage } from './moving-average.js'
import { loadNearest, nearest } from './nearest.js'
import { loadPca, pca } from './pca.js'
import { loadRange, range } from './range.js'
import { loadSeasonal, seasonal } from './seasonal.js'

/** One detector that a user can name. */
export interface SimpleDetector {
  /** One sentence: what it sees. */
  readonly description: string
  /** The detector with its usual options. */
  create(): { fit(train: ScaledFrame, context: FitContext): Promise<FittedDetector> }
}

/** The detectors that need no network, by name. A new one is its file, a line here and a line in the conformance suite. */
export const SIMPLE_DETECTORS = {
  'linear-var': {
    description: 'vector autoregression: broken dynamics and relations',
    create: () => linearVar({ lags: 10, ridge: 30 }),
  },
  nearest: {
    description: 'distance to the nearest of 500 windows of the history: shapes that do not recur',
    create: () => nearest({ window: 5, bank: 500 }),
  },
  'k-means': {
    description: 'distance to the nearest of 20 groups of windows: unusual shapes',
    create: () => kMeans({ window: 10, clusters: 20 }),
  },
  'pca-q': {
    description: 'distance from the principal components of the channels: broken relations',
    create: () => pca({ window: 1, share: 0.9, statistic: 'q' }),
  },
  'pca-t2': {
    description: 'distance from the mean within the principal components: known relations, unusual size',
    create: () => pca({ window: 1, share: 0.9, statistic: 't2' }),
  },
  'sub-pca': {
    description: 'distance from the principal components of windows: unusual shapes and relations',
    create: () => pca({ window: 20, share: 0.95, statistic: 'q' }),
  },
  'matrix-profile': {
    description:
      'distance of z-normalised subsequences from those of the history: unusual shape, whatever its level',
    create: () => matrixProfile({ window: 50, bank: 2000 }),
  },
  'isolation-forest': {
    description: 'random cuts isolate unusual readings early; knows nothing of time',
    create: () => isolationForest({ trees: 100, subsample: 256 }),
  },
  'half-space-trees': {
    description: 'counts in random halves of space, learning while it runs',
    create: () => halfSpaceTrees({ trees: 25, depth: 10, window: 250 }),
  },
  'z-score': {
    description: 'distance from the mean in standard deviations',
    create: () => deviation({ centre: 'mean' }),
  },
  mad: {
    description: 'distance from the median in median absolute deviations',
    create: () => deviation({ centre: 'median' }),
  },
  ewma: { description: 'moving average chart: small lasting shifts', create: () => ewma({ weight: 0.2 }) },
  cusum: {
    description: 'cumulative sum chart: the smallest lasting shifts',
    create: () => cusum({ slack: 0.5, largest: 50 }),
  },
  'moving-average': {
    description: 'distance from the mean of the samples before: spikes and steps',
    create: () => movingAverage({ window: 20 }),
  },
  seasonal: {
    description: 'distance from the median of the time of day, in its usual range',
    create: () => seasonal({ period: DAY_MS, bins: 24 }),
  },
  range: { description: 'distance outside the range of the history', create: () => range({ margin: 0.05 }) },
} as const satisfies Record<string, SimpleDetector>

export type SimpleDetectorName = keyof typeof SIMPLE_DETECTORS

/** What restores one kind of saved detector. */
export interface DetectorLoader {
  /** Versions of its state that it reads. */
  readonly versions: readonly number[]
  load(state: State): FittedDetector
}

const first = (load: (state: State) => FittedDetector): DetectorLoader => ({ versions: [1], load })

const LOADERS: Readonly<Record<string, DetectorLoader>> = {
  'detector:cross-regression': first(loadCrossRegression),
  'detector:cusum': first(loadCusum),
  'detector:deviation': first(loadDeviation),
  'detector:ewma': first(loadEwma),
  'detector:half-space-trees': first(loadHalfSpaceTrees),
  'detector:isolation-forest': first(loadIsolationForest),
  'detector:linear-var': first(loadLinearVar),
  'detector:matrix-profile': first(state => loadMatrixProfile(state)),
  'detector:moving-average': first(loadMovingAverage),
  'detector:nearest': first(state => loadNearest(state)),
  'detector:pca': first(loadPca),
  'detector:range': first(loadRange),
  'detector:seasonal': first(loadSeasonal),
}

/**
 * Loads saved detectors that need no network, and ensembles of them; `model/registry.ts` adds those of networks.
 *
 * @param others loaders of further kinds, by kind
 * @returns the detector of a state. Throws ArtefactError `artefact-version` when its kind or version, or those of a member, are not known
 */
export function detectorLoader(
  others: Readonly<Record<string, DetectorLoader>> = {},
): (state: State) => FittedDetector {
  const single = { ...LOADERS, ...others }
  const ensembles: DetectorLoader = {
    versions: [1, 2],
    load: state => loadEnsemble(state, (member, called) => loadBy(single, member, called)),
  }
  const all = { ...single, 'detector:ensemble': ensembles }
  return state => loadBy(all, state, 'the model')
}

function loadBy(
  table: Readonly<Record<string, DetectorLoader>>,
  state: State,
  called: string,
): FittedDetector {
  const { kind, version } = state
  const loader = Object.hasOwn(table, kind) ? table[kind] : undefined
  if (!loader?.versions.includes(version)) {
    const wanted = loader ? `version ${loader.versions.join(' or ')}` : 'other kinds'
    throw createError('artefact-version', { path: called, what: kind, got: version, wanted })
  }
  return loader.load(state)
}
