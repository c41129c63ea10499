import type { FitContext, OnlineDetector, Scores } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import {
  auto,
  autoencoder,
  cusum,
  deviation,
  ewma,
  type FittedAutoencoder,
  type FittedEnsemble,
  halfSpaceTrees,
  isolationForest,
  kMeans,
  linearVar,
  type Member,
  matrixProfile,
  movingAverage,
  nearest,
  pca,
  type Runtime,
  range,
  seasonal,
  smoothed,
} from '../detect/index.js'
import type { ArchitectureDefinition } from '../nn/index.js'
import type { TrainOptions } from './options.js'

/** A detector that can be fitted, as the pipeline sees it. */
export interface Fittable {
  fit(train: Frame, context: FitContext): Promise<OnlineDetector & { readonly heldBack?: Scores }>
}

/** Choices of `--detector`, with one line on each. */
export const DETECTORS = {
  auto: 'the default: several cheap detectors, smoothed and combined; needs no choices',
  autoencoder: 'a network that reproduces windows or predicts the next samples; see --architecture',
  'linear-var': 'a linear forecast of each channel from the last samples of all (ridge regression)',
  pca: 'principal components of single samples: relations between channels that no longer hold',
  'sub-pca': 'principal components of windows: shapes and relations',
  nearest: 'distance to the nearest windows of the history',
  'k-means': 'distance to the nearest typical window',
  'isolation-forest': 'how easily a sample is cut off from the history',
  'half-space-trees': 'how rare a sample is, learning while it runs',
  'matrix-profile': 'shapes of a single channel that never occurred',
  'z-score': 'distance from the mean, channel by channel',
  mad: 'distance from the median, channel by channel',
  ewma: 'small lasting shifts, channel by channel',
  cusum: 'small lasting shifts, added up',
  'moving-average': 'distance from the mean of the last samples',
  seasonal: 'distance from what is usual at that time of the day',
  range: 'readings outside of what the history held',
} as const satisfies Record<string, string>
export type DetectorName = keyof typeof DETECTORS
export const DETECTOR_NAMES = Object.keys(DETECTORS) as [DetectorName, ...DetectorName[]]

const DAY_MS = 86_400_000

/** Options that only a network has: one of them given means that a network is wanted. */
const OF_NETWORKS = ['architecture', 'units', 'latent', 'loss', 'optimizer', 'checkpoint'] as const

/** The detector that the options ask for. */
export function chosenDetector(options: Partial<TrainOptions>): DetectorName {
  const given = OF_NETWORKS.find(name => options[name] !== undefined)
  if (options.detector !== undefined && options.detector !== 'autoencoder' && given !== undefined)
    throw createError('option-conflict', { first: `--detector ${options.detector}`, second: `--${given}` })
  return options.detector ?? (given === undefined ? 'auto' : 'autoencoder')
}

/**
 * The detector of a training.
 *
 * Scores of all but the network are smoothed to the period of the data, or to `eventLength`; those of the network only when that is given.
 */
export function createDetector(
  name: DetectorName,
  options: TrainOptions,
  architecture: ArchitectureDefinition,
  runtime: Runtime,
): Fittable {
  const { eventLength: period, alignment, window } = options
  const mode = alignment === 'covering' ? 'centred' : 'causal'
  const { build } = runtime
  if (name === 'auto') return auto({ mode, period, build })
  const member = (detector: Member['detector']): Fittable =>
    smoothed([{ name, reason: DETECTORS[name], detector, power: 1 }], { mode, period })
  switch (name) {
    case 'autoencoder': {
      const optimizer = options.optimizer && { type: options.optimizer }
      const network = autoencoder({ ...options, architecture, optimizer }, runtime)
      return period === undefined || period === 0 ? network : member(network)
    }
    case 'linear-var':
      return member(linearVar({ lags: 10, ridge: 30 }))
    case 'pca':
      return member(pca({ window: 1, share: 0.9, statistic: 'q' }))
    case 'sub-pca':
      return member(pca({ window, share: 0.9, statistic: 'q' }))
    case 'nearest':
      return member(nearest({ window: Math.min(window, 20), bank: 2000 }, build))
    case 'k-means':
      return member(kMeans({ window, clusters: 50 }))
    case 'isolation-forest':
      return member(isolationForest({ trees: 100, subsample: 256 }))
    case 'half-space-trees':
      return member(halfSpaceTrees({ trees: 25, depth: 10, window: 250 }))
    case 'matrix-profile':
      return member(matrixProfile({ window, bank: 2000 }))
    case 'z-score':
      return member(deviation({ centre: 'mean' }))
    case 'mad':
      return member(deviation({ centre: 'median' }))
    case 'ewma':
      return member(ewma({ weight: 0.2 }))
    case 'cusum':
      return member(cusum({ slack: 0.5, largest: 50 }))
    case 'moving-average':
      return member(movingAverage({ window }))
    case 'seasonal':
      return member(seasonal({ period: DAY_MS, bins: 24 }))
    case 'range':
      return member(range({ margin: 0.1 }))
  }
}

/** The network of a detector that is one. */
export function networkOf(detector: OnlineDetector): FittedAutoencoder | undefined {
  if ('network' in detector) return detector as FittedAutoencoder
  const members = membersOf(detector)
  return members?.length === 1 ? networkOf(members[0].detector) : undefined
}

/** The members of a detector that combines several. */
export function membersOf(detector: OnlineDetector): FittedEnsemble['members'] | undefined {
  return 'members' in detector ? (detector as FittedEnsemble).members : undefined
}
