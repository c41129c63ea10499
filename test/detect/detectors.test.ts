import type { FitContext } from '../../src/core/contracts.js'
import type { ScaledFrame } from '../../src/core/frame.js'
import {
  auto,
  COMMITTEE,
  committee,
  crossRegression,
  cusum,
  detectorLoader,
  deviation,
  ewma,
  halfSpaceTrees,
  isolationForest,
  kMeans,
  linearVar,
  loadCommittee,
  loadCrossRegression,
  loadCusum,
  loadDeviation,
  loadEwma,
  loadHalfSpaceTrees,
  loadIsolationForest,
  loadLinearVar,
  loadMatrixProfile,
  loadMovingAverage,
  loadNearest,
  loadPca,
  loadRange,
  loadSeasonal,
  localRuntime,
  matrixProfile,
  movingAverage,
  nearest,
  pca,
  range,
  SIMPLE_DETECTORS,
  seasonal,
  smoothed,
} from '../../src/detect/index.js'
import { preferredBuild } from '../../src/kernels/index.js'
import { findArchitecture } from '../../src/nn/index.js'
import { conform } from './suite.js'

const runtime = localRuntime(preferredBuild())
const load = detectorLoader()

const chart = (name: 'ewma' | 'half-space-trees' | 'seasonal') => ({
  name,
  reason: 'as asked for',
  detector: SIMPLE_DETECTORS[name].create(),
  power: 1,
})

conform([
  {
    name: 'linear-var',
    expects: 0.2,
    learn: (train, context) => linearVar({ lags: 5, ridge: 30 }).fit(train, context),
    load: loadLinearVar,
  },
  {
    name: 'cross-regression',
    learn: (train, context) => crossRegression().fit(train, context),
    load: loadCrossRegression,
  },
  {
    name: 'linear-var of one channel',
    expects: 0.2,
    channels: 1,
    learn: (train, context) => linearVar({ lags: 5, ridge: 30 }).fit(train, context),
    load: loadLinearVar,
  },
  {
    name: 'pca, Q',
    expects: 0.2,
    learn: (train, context) => pca({ window: 1, share: 0.9, statistic: 'q' }).fit(train, context),
    load: loadPca,
  },
  {
    name: 'pca, T2',
    seesStill: false,
    learn: (train, context) => pca({ window: 1, share: 0.99, statistic: 't2' }).fit(train, context),
    load: loadPca,
  },
  {
    name: 'pca on windows (Sub-PCA)',
    expects: 0.2,
    learn: (train, context) => pca({ window: 12, share: 0.9, statistic: 'q' }).fit(train, context),
    load: loadPca,
  },
  {
    name: 'nearest',
    expects: 0.2,
    learn: (train, context) => nearest({ window: 5, bank: 300 }).fit(train, context),
    load: loadNearest,
  },
  {
    name: 'committee of forecasters',
    expects: 0.2,
    seeded: true,
    learn: (train, context) => committee({ ...COMMITTEE, shownWindows: 9000 }, runtime).fit(train, context),
    load: state => loadCommittee(state),
  },
  {
    name: 'committee of autoencoders, one channel',
    expects: 0.2,
    seeded: true,
    channels: 1,
    learn: (train, context) =>
      committee(
        { ...COMMITTEE, architecture: findArchitecture('dense-ae'), window: 5, shownWindows: 9000 },
        runtime,
      ).fit(train, context),
    load: state => loadCommittee(state),
  },
  {
    name: 'auto',
    expects: 0.2,
    learn: (train, context) => auto({ eventLength: 20 }).fit(train, context),
    load,
  },
  {
    name: 'auto, at several scales',
    expects: 0.2,
    learn: (train, context) => auto().fit(train, context),
    load,
  },
  {
    name: 'an ensemble of charts',
    forgets: false,
    learn: (train, context) =>
      smoothed([chart('ewma'), chart('half-space-trees'), chart('seasonal')], { eventLength: 10 }).fit(
        train,
        context,
      ),
    load,
  },
  {
    name: 'k-means',
    expects: 0.3,
    seeded: true,
    learn: (train, context) => kMeans({ window: 5, clusters: 12 }).fit(train, context),
    load: loadNearest,
  },
  {
    name: 'isolation forest',
    seeded: true,
    seesStill: false,
    expects: false,
    learn: (train, context) => isolationForest({ trees: 50, subsample: 128 }).fit(train, context),
    load: loadIsolationForest,
  },
  {
    name: 'half-space trees',
    seeded: true,
    seesStill: false,
    expects: false,
    forgets: false,
    learn: (train, context) => halfSpaceTrees({ trees: 25, depth: 8, window: 250 }).fit(train, context),
    load: loadHalfSpaceTrees,
  },
  {
    name: 'matrix profile',
    expects: 0.3,
    channels: 1,
    learn: (train, context) => matrixProfile({ window: 30, bank: 300 }).fit(train, context),
    load: loadMatrixProfile,
  },
  ...(['mean', 'median'] as const).map(centre => ({
    name: `deviation from the ${centre}`,
    learn: (train: ScaledFrame, context: FitContext) => deviation({ centre }).fit(train, context),
    load: loadDeviation,
  })),
  {
    name: 'EWMA chart',
    forgets: false,
    learn: (train, context) => ewma({ weight: 0.2 }).fit(train, context),
    load: loadEwma,
  },
  {
    name: 'CUSUM chart',
    forgets: false,
    learn: (train, context) => cusum({ slack: 0.5, largest: 20 }).fit(train, context),
    load: loadCusum,
  },
  {
    name: 'moving average',
    expects: 1.4,
    learn: (train, context) => movingAverage({ window: 20 }).fit(train, context),
    load: loadMovingAverage,
  },
  {
    name: 'seasonal band',
    expects: 0.5,
    windowsDiffer: 'a window has no times',
    learn: (train, context) => seasonal({ period: 31.4, bins: 8 }).fit(train, context),
    load: loadSeasonal,
  },
  {
    name: 'range rules',
    expects: 0.1,
    learn: (train, context) => range({ margin: 0.1 }).fit(train, context),
    load: loadRange,
  },
])
