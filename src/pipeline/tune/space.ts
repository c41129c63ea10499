import { createRandom } from '../../core/random.js'
import type { ArchitectureDefinition } from '../../nn/index.js'

/** What a trial tries: the options that differ from those the user gave. */
export interface Proposal {
  readonly architecture: string
  readonly window: number
  readonly units?: number
  readonly latent?: number
  readonly learningRate: number
  readonly batchSize: number
}

/** What may be varied. */
export const VARIED = ['architecture', 'window', 'units', 'latent', 'learning-rate', 'batch-size'] as const
export type Varied = (typeof VARIED)[number]

export interface SearchSpace {
  /** The first one is that of the first trial. */
  readonly architectures: readonly ArchitectureDefinition[]
  /** What the first trial uses, and all trials for what is not varied. */
  readonly base: Proposal
  readonly vary: readonly Varied[]
  readonly largestWindow: number
  readonly seed: number
}

const FACTORS = [0.5, 1, 2]
const BATCH_SIZES = [16, 32, 64, 128]
const LEARNING_RATES = [3e-4, 1e-2] as const

/**
 * The options of a trial: those of the user first (trial 0), then drawn independently of each other (Bergstra & Bengio 2012). A function of the
 * seed and the number of the trial alone, so that a search can stop and continue anywhere.
 */
export function propose(space: SearchSpace, trial: number): Proposal {
  const { architectures, base, vary, largestWindow, seed } = space
  if (trial === 0) return base
  const random = createRandom(seed).fork(`trial ${trial}`)
  // Each from a stream of its own: what is varied never shifts the rest.
  const draw = <T>(name: Varied, values: readonly T[]): T => values[random.fork(name).integer(values.length)]
  const isVaried = (name: Varied) => vary.includes(name)
  const scaled = (name: Varied, size: number, least: number) =>
    Math.max(least, Math.round(size * draw(name, FACTORS)))
  const definition = isVaried('architecture') ? draw('architecture', architectures) : architectures[0]
  const [low, high] = LEARNING_RATES.map(Math.log)
  const learningRate = Math.exp(low + (high - low) * random.fork('learning-rate').uniform())
  const size = (name: 'units' | 'latent', least: number) => {
    const own = definition === architectures[0] ? base[name] : definition[name]
    return own === undefined || !isVaried(name) ? own : scaled(name, own, least)
  }
  return {
    architecture: definition.name,
    window: isVaried('window') ? Math.min(largestWindow, scaled('window', base.window, 4)) : base.window,
    units: size('units', 2),
    latent: size('latent', 1),
    learningRate: isVaried('learning-rate') ? Number(learningRate.toPrecision(2)) : base.learningRate,
    batchSize: isVaried('batch-size') ? draw('batch-size', BATCH_SIZES) : base.batchSize,
  }
}
