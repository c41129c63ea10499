import type { FitContext, OnlineDetector, Scores } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import {
  auto,
  autoencoder,
  type FittedAutoencoder,
  type FittedEnsemble,
  type Runtime,
  SIMPLE_DETECTORS,
  type SimpleDetectorName,
  smoothed,
} from '../detect/index.js'
import type { ArchitectureDefinition } from '../nn/index.js'
import type { TrainOptions } from './options.js'

/** A detector that can be fitted, as the pipeline sees it. */
export interface Fittable {
  fit(train: Frame, context: FitContext): Promise<OnlineDetector & { readonly heldBack?: Scores }>
}

const SIMPLE_NAMES = Object.keys(SIMPLE_DETECTORS) as SimpleDetectorName[]
/** Choices of `--detector`. */
export const DETECTOR_NAMES = ['auto', 'autoencoder', ...SIMPLE_NAMES] as const
export type DetectorName = (typeof DETECTOR_NAMES)[number]

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
  const { eventLength: period, alignment } = options
  const mode = alignment === 'covering' ? 'centred' : 'causal'
  if (name === 'auto') return auto({ mode, period, build: runtime.build })
  const member = (reason: string, detector: Fittable): Fittable =>
    smoothed([{ name, reason, detector, power: 1 }], { mode, period })
  if (name !== 'autoencoder') {
    const { description, create } = SIMPLE_DETECTORS[name]
    return member(description, create())
  }
  const optimizer = options.optimizer && { type: options.optimizer }
  const network = autoencoder({ ...options, architecture, optimizer }, runtime)
  return period === undefined || period === 0 ? network : member('as asked for', network)
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
