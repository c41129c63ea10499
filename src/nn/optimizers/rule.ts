import type { Kernels } from '../../kernels/index.js'

/** How an optimizer moves weights: what it remembers per weight and what it does in a step. */
export interface Rule {
  /** Names of the arrays `[n]` that it keeps, zero at first. */
  readonly memory: readonly string[]
  /**
   * One step: `weights` and `memory` are updated from `gradients`, all `[n]`.
   *
   * @param step counted from 1
   */
  update(
    k: Kernels,
    weights: Float32Array,
    gradients: Float32Array,
    memory: readonly Float32Array[],
    learningRate: number,
    step: number,
  ): void
}
