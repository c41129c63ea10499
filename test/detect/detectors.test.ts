import type { State } from '../../src/core/state.js'
import {
  auto,
  linearVar,
  loadEnsemble,
  loadLinearVar,
  loadNearest,
  loadPca,
  nearest,
  pca,
} from '../../src/detect/index.js'
import { type Conformer, conform, frameOf } from './suite.js'

const context = (seed: number) => ({ validation: frameOf(new Float32Array(0), 3), seed })

const LOADERS: Record<string, Conformer['load']> = {
  'detector:linear-var': loadLinearVar,
  'detector:pca': loadPca,
  'detector:nearest': state => loadNearest(state),
}
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
    name: 'auto, centred',
    learn: (train, seed) => auto({ mode: 'centred', period: 20 }).fit(train, context(seed)),
    load: state => loadEnsemble(state, load),
  },
  {
    name: 'auto, causal, period found',
    learn: (train, seed) => auto({ mode: 'causal' }).fit(train, context(seed)),
    load: state => loadEnsemble(state, load),
  },
])
