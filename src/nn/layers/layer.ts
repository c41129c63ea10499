import { z } from 'zod'
import type { Random } from '../../core/random.js'
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
  initialise(random: Random): Float32Array
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
}

/** A layer with its buffers in an arena. */
export interface LayerRun {
  /** Filled by `forward`. */
  readonly output: Signal
  /** Largest number of distinct output rows: sizes the next layer. */
  readonly outputRows: number
  forward(input: Signal, batch: number): void
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
