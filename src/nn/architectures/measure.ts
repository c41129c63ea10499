import { createRandom } from '../../core/random.js'
import type { KernelBuild } from '../../kernels/index.js'
import type { Architecture } from '../architecture.js'
import { createLocalEngine } from '../engine.js'
import { createNetwork, initialWeights } from '../network.js'
import { createOptimizer } from '../optimizers/index.js'
import { createPredictor } from '../predictor.js'

export interface MeasureOptions {
  /** Milliseconds of a clock that never goes back. */
  now(): number
  /** Time for each of the two measurements. */
  readonly budgetMs: number
  /** Windows per step of training. */
  readonly batchSize: number
  readonly build?: KernelBuild
}

/** Windows per second on one thread. */
export interface Speed {
  /** Gradient and step of the optimizer. */
  readonly training: number
  /** One pass over windows that begin at every sample. */
  readonly scoring: number
}

const SCORED_TOGETHER = 64

/** Measures how fast a network trains and scores here, on random numbers and one thread. */
export function measureNetwork(architecture: Architecture, options: MeasureOptions): Speed {
  const { batchSize, build } = options
  const network = createNetwork(architecture)
  const { width } = network.inShape
  const random = createRandom(1)
  const rows = Math.max(batchSize, SCORED_TOGETHER) + network.span - 1
  const series = Float32Array.from({ length: rows * width }, () => random.normal())
  const initial = initialWeights(network, random)

  const optimizer = createOptimizer({ type: 'adam' }, initial, build)
  const engine = createLocalEngine(network, series, build)
  const starts = Int32Array.from({ length: batchSize }, (_, i) => i)
  engine.load(optimizer.weights)
  const training = rate(options, batchSize, () => {
    engine.gradient(starts, optimizer.gradients)
    optimizer.step(1e-3)
    engine.load(optimizer.weights)
  })
  engine.close()

  const predictor = createPredictor(network, initial, build)
  const output = new Float32Array(predictor.outputLength * SCORED_TOGETHER)
  const scoring = rate(options, SCORED_TOGETHER, () =>
    predictor.predict(series, SCORED_TOGETHER, 1, SCORED_TOGETHER, output),
  )
  predictor.close()
  return { training, scoring }
}

/** Windows per second of a step, after one step to warm up. */
function rate({ now, budgetMs }: MeasureOptions, windows: number, step: () => void): number {
  step()
  const started = now()
  let steps = 0
  let elapsed = 0
  do {
    step()
    steps++
    elapsed = now() - started
  } while (elapsed < budgetMs)
  return (1000 * steps * windows) / Math.max(elapsed, 1e-6)
}
