import type { Frame } from '../../src/core/frame.js'
import type { State } from '../../src/core/state.js'
import {
  auto,
  COMMITTEE,
  committee,
  cusum,
  deviation,
  ewma,
  halfSpaceTrees,
  isolationForest,
  kMeans,
  linearVar,
  loadCommittee,
  loadCusum,
  loadDeviation,
  loadEnsemble,
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
  seasonal,
} from '../../src/detect/index.js'
import { preferredBuild } from '../../src/kernels/index.js'
import { findArchitecture } from '../../src/nn/index.js'
import { type Conformer, conform, frameOf } from './suite.js'

const context = (seed: number) => ({ validation: frameOf(new Float32Array(0), 3), seed })

const LOADERS: Record<string, Conformer['load']> = {
  'detector:linear-var': loadLinearVar,
  'detector:pca': loadPca,
  'detector:nearest': state => loadNearest(state),
}
const runtime = localRuntime(preferredBuild())
const load = (state: State) => LOADERS[state.kind](state)

conform([
  {
    name: 'linear-var',
    learn: (train, seed) => linearVar({ lags: 5, ridge: 30 }).fit(train, context(seed)),
    load: loadLinearVar,
  },
  {
    name: 'linear-var of one channel',
    channels: 1,
    learn: (train, seed) => linearVar({ lags: 5, ridge: 30 }).fit(train, context(seed)),
    load: loadLinearVar,
  },
  {
    name: 'pca, Q',
    learn: (train, seed) => pca({ window: 1, share: 0.9, statistic: 'q' }).fit(train, context(seed)),
    load: loadPca,
  },
  {
    name: 'pca, T2',
    seesStill: false,
    learn: (train, seed) => pca({ window: 1, share: 0.99, statistic: 't2' }).fit(train, context(seed)),
    load: loadPca,
  },
  {
    name: 'pca on windows (Sub-PCA)',
    learn: (train, seed) => pca({ window: 12, share: 0.9, statistic: 'q' }).fit(train, context(seed)),
    load: loadPca,
  },
  {
    name: 'nearest',
    learn: (train, seed) => nearest({ window: 5, bank: 300 }).fit(train, context(seed)),
    load: loadNearest,
  },
  {
    name: 'committee of forecasters',
    seeded: true,
    learn: (train, seed) =>
      committee({ ...COMMITTEE, shownWindows: 9000 }, runtime).fit(train, context(seed)),
    load: state => loadCommittee(state),
  },
  {
    name: 'committee of autoencoders, one channel',
    seeded: true,
    channels: 1,
    learn: (train, seed) =>
      committee(
        { ...COMMITTEE, architecture: findArchitecture('dense-ae'), window: 5, shownWindows: 9000 },
        runtime,
      ).fit(train, context(seed)),
    load: state => loadCommittee(state),
  },
  {
    name: 'auto, centred',
    learn: (train, seed) => auto({ mode: 'centred', period: 20 }).fit(train, context(seed)),
    load: state => loadEnsemble(state, load),
  },
  {
    name: 'auto, causal, period found',
    learn: (train, seed) => auto({ mode: 'causal' }).fit(train, context(seed)),
    load: state => loadEnsemble(state, load),
  },
  {
    name: 'k-means',
    seeded: true,
    learn: (train, seed) => kMeans({ window: 5, clusters: 12 }).fit(train, context(seed)),
    load: loadNearest,
  },
  {
    name: 'isolation forest',
    seeded: true,
    seesStill: false,
    learn: (train, seed) => isolationForest({ trees: 50, subsample: 128 }).fit(train, context(seed)),
    load: loadIsolationForest,
  },
  {
    name: 'half-space trees',
    seeded: true,
    seesStill: false,
    learn: (train, seed) => halfSpaceTrees({ trees: 25, depth: 8, window: 250 }).fit(train, context(seed)),
    load: loadHalfSpaceTrees,
  },
  {
    name: 'matrix profile',
    channels: 1,
    learn: (train, seed) => matrixProfile({ window: 30, bank: 300 }).fit(train, context(seed)),
    load: loadMatrixProfile,
  },
  ...(['mean', 'median'] as const).map(centre => ({
    name: `deviation from the ${centre}`,
    learn: (train: Frame, seed: number) => deviation({ centre }).fit(train, context(seed)),
    load: loadDeviation,
  })),
  {
    name: 'EWMA chart',
    learn: (train, seed) => ewma({ weight: 0.2 }).fit(train, context(seed)),
    load: loadEwma,
  },
  {
    name: 'CUSUM chart',
    learn: (train, seed) => cusum({ slack: 0.5, largest: 20 }).fit(train, context(seed)),
    load: loadCusum,
  },
  {
    name: 'moving average',
    learn: (train, seed) => movingAverage({ window: 20 }).fit(train, context(seed)),
    load: loadMovingAverage,
  },
  {
    name: 'seasonal band',
    learn: (train, seed) => seasonal({ period: 31.4, bins: 8 }).fit(train, context(seed)),
    load: loadSeasonal,
  },
  {
    name: 'range rules',
    learn: (train, seed) => range({ margin: 0.1 }).fit(train, context(seed)),
    load: loadRange,
  },
])
