import { createKernels, type KernelBuild } from '../kernels/index.js'

export interface AdamOptions {
  readonly learningRate: number
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
}

/** An optimizer with its own state; `weights` and `gradients` are its arrays to fill and read. */
export interface Optimizer {
  readonly weights: Float32Array
  readonly gradients: Float32Array
  step(): void
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1). Defaults as Keras: beta1 0.9, beta2 0.999, epsilon 1e-7.
 *
 * @param weights `[n]` copied
 */
export function adam(weights: Float32Array, options: AdamOptions, build?: KernelBuild): Optimizer {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options
  const n = weights.length
  const k = createKernels({ bytes: 4 * Math.ceil(n / 4) * 4 * 4, build })
  const w = k.alloc(n)
  const g = k.alloc(n)
  const m = k.alloc(n)
  const v = k.alloc(n)
  w.set(weights)
  let steps = 0
  return {
    weights: w,
    gradients: g,
    step() {
      steps++
      k.adam(w, g, m, v, learningRate, beta1, beta2, epsilon, 1 - beta1 ** steps, 1 - beta2 ** steps, n)
    },
  }
}
