import { z } from 'zod'
import type { Random } from '../../core/random.js'
import type { Tensor } from '../../core/state.js'
import type { Kernels } from '../../kernels/index.js'
import type { Shape, Signal } from '../shape.js'

/** Bound of every size, because architectures come from outside. */
export const MAX_SIZE = 100_000

/** A width, a count or a length of a layer. */
export const layerSize = z.number().int().positive().max(MAX_SIZE)

/** A trainable array of a layer. */
export interface ParamSpec {
  readonly name: string
  readonly shape: readonly number[]
  /**
   * A running statistic instead of a weight: `gradient` then takes the mean over the batch of what the statistic averages, and training moves
   * the value towards it.
   */
  readonly statistic?: true
  initialise(random: Random): Float32Array
}

/** What a layer may know of a training step. The same window gets the same noise wherever, and with whatever others, it is computed. */
export interface Pass {
  /** Differs from step to step. */
  readonly seed: number
  /** `[batch]` first sample of each window. */
  readonly windows: Int32Array
  /** Share of one window in the mean over the batch of the optimizer. */
  readonly share: number
}

/** The arrays of one parameter in an arena: the weight and, in training, its gradient. */
export interface Param {
  readonly value: Float32Array
  readonly gradient: Float32Array
}

/** How much room a layer needs. */
export interface RunSize {
  /** Largest number of windows in one call. */
  readonly batch: number
  /** Largest number of distinct input rows. */
  readonly inputRows: number
  readonly training: boolean
  /** Whether the layer before wants a gradient. */
  readonly needsInputGradient: boolean
  /** Number of the layer, so that layers of one network draw different noise. */
  readonly stream: number
}

/** A layer with its buffers in an arena. */
export interface LayerRun {
  /** Filled by `forward`. */
  readonly output: Signal
  /** Largest number of distinct output rows: sizes the next layer. */
  readonly outputRows: number
  /** In training, of each attention layer: its weights `[heads, steps, steps]` for the first window of the last `forward`. */
  readonly attention?: readonly Tensor[]
  /** @param pass of training; without it the layer acts as in scoring (no noise, running statistics) */
  forward(input: Signal, batch: number, pass?: Pass): void
  /** Sum over the windows of the last `forward` of what the layer adds to their loss. */
  penalty?(): number
  /** Copies that depend on the weights (transposes); called after each change of the weights when training. */
  refresh?(): void
  /**
   * Adds the gradients of the parameters and returns the gradient of the distinct input rows (undefined when not needed).
   * `outputGradient` has one row per distinct output row of the last `forward`.
   */
  backward(outputGradient: Float32Array, batch: number): Float32Array | undefined
}

/** A layer before it has buffers: shapes and parameters only. */
export interface Layer {
  readonly kind: string
  readonly outShape: Shape
  readonly params: readonly ParamSpec[]
  /** Allocates buffers; `kernels.alloc` may be a dry run that only counts. */
  build(kernels: Kernels, params: readonly Param[], size: RunSize): LayerRun
}
