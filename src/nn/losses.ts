import { z } from 'zod'
import type { Kernels } from '../kernels/index.js'

/** Names of the losses. */
export const lossName = z.enum(['mse', 'mae', 'huber', 'log-cosh', 'gaussian-nll'])
export type LossName = z.output<typeof lossName>

/**
 * What training makes small: a sum over samples and channels of f(prediction, target).
 *
 * - `mse` e^2, e = prediction - target
 * - `mae` |e|: less drawn to outliers; its gradient at 0 is 0
 * - `huber` e^2 / 2 up to |e| = 1, then |e| - 1/2 (Huber 1964; delta 1 as in Keras and PyTorch)
 * - `log-cosh` log(cosh(e)): as `huber`, with every derivative
 * - `gaussian-nll` (v + e^2 exp(-v)) / 2 with a log variance v that the network gives beside each prediction, held in [-10, 10] (Nix &
 *   Weigend 1994; the constant log(2 pi) / 2 is left out, as in PyTorch)
 */
export interface Loss {
  readonly name: LossName
  /** Numbers that the network gives per sample and channel: first the predictions of all channels, then their log variances if 2. */
  readonly outputs: 1 | 2
  /**
   * Writes the gradient of factor * sum to `dy` and returns the sum.
   *
   * @param dy `[rows * outputs * width]`
   * @param y `[rows * outputs * width]`
   * @param x `[rows * width]` target
   */
  evaluate(
    k: Kernels,
    dy: Float32Array,
    y: Float32Array,
    x: Float32Array,
    factor: number,
    rows: number,
    width: number,
  ): number
}

/** Element-wise loss: `slope` and `value` of an error. */
function elementwise(name: LossName, value: (e: number) => number, slope: (e: number) => number): Loss {
  return {
    name,
    outputs: 1,
    evaluate(_k, dy, y, x, factor, rows, width) {
      let sum = 0
      for (let i = 0; i < rows * width; i++) {
        const error = y[i] - x[i]
        sum += value(error)
        dy[i] = factor * slope(error)
      }
      return sum
    },
  }
}

const LARGEST_LOG_VARIANCE = 10

/** The log variance that a network gives, in the range that counts. */
export function logVariance(value: number): number {
  return Math.min(LARGEST_LOG_VARIANCE, Math.max(-LARGEST_LOG_VARIANCE, value))
}

const LOSSES: readonly Loss[] = [
  {
    name: 'mse',
    outputs: 1,
    evaluate: (k, dy, y, x, factor, rows, width) => k.squaredError(dy, y, x, 2 * factor, rows * width),
  },
  elementwise('mae', Math.abs, Math.sign),
  elementwise(
    'huber',
    e => (Math.abs(e) <= 1 ? 0.5 * e * e : Math.abs(e) - 0.5),
    e => Math.max(-1, Math.min(1, e)),
  ),
  // log(cosh(e)) without overflow of cosh.
  elementwise('log-cosh', e => Math.abs(e) + Math.log1p(Math.exp(-2 * Math.abs(e))) - Math.LN2, Math.tanh),
  {
    name: 'gaussian-nll',
    outputs: 2,
    evaluate(_k, dy, y, x, factor, rows, width) {
      let sum = 0
      for (let row = 0, at = 0; row < rows; row++) {
        for (let c = 0; c < width; c++, at++) {
          const mean = 2 * row * width + c
          const v = logVariance(y[mean + width])
          const error = y[mean] - x[at]
          const precision = Math.exp(-v)
          const scaled = error * error * precision
          sum += 0.5 * (v + scaled)
          dy[mean] = factor * error * precision
          dy[mean + width] = v === y[mean + width] ? 0.5 * factor * (1 - scaled) : 0
        }
      }
      return sum
    },
  },
]

/** The loss of that name. */
export function lossOf(name: LossName = 'mse'): Loss {
  return LOSSES.find(loss => loss.name === name) as Loss
}
