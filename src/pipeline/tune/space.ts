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
 * seed and the number of the trial alone, so that a search can stop and go on anywhere.
 */
export function propose(space: SearchSpace, trial: number): Proposal {
  const { architectures, base, vary, largestWindow, seed } = space
  if (trial === 0) return base
  const random = createRandom(seed).fork(`trial ${trial}`)
  const draw = <T>(values: readonly T[]): T => values[random.integer(values.length)]
  const scale = (size: number | undefined, least: number) =>
    size === undefined ? undefined : Math.max(least, Math.round(size * draw(FACTORS)))
  // Everything is drawn, wanted or not: what is varied never shifts the rest.
  const drawn = draw(architectures)
  const isVaried = (name: Varied) => vary.includes(name)
  const definition = isVaried('architecture') ? drawn : architectures[0]
  const window = Math.min(largestWindow, Math.max(4, Math.round(base.window * draw(FACTORS))))
  const [units, latent] = [scale(definition.units, 2), scale(definition.latent, 1)]
  const [low, high] = LEARNING_RATES.map(Math.log)
  const learningRate = Number(Math.exp(low + (high - low) * random.uniform()).toPrecision(2))
  const batchSize = draw(BATCH_SIZES)
  return {
    architecture: definition.name,
    window: isVaried('window') ? window : base.window,
    units: isVaried('units') ? units : base.units,
    latent: isVaried('latent') ? latent : base.latent,
    learningRate: isVaried('learning-rate') ? learningRate : base.learningRate,
    batchSize: isVaried('batch-size') ? batchSize : base.batchSize,
  }
}
