import type { KernelBuild } from '../kernels/index.js'
import { inputGradient, logVariance, type Network } from '../nn/index.js'

/**
 * Gradient of the causal score of the last sample of windows with respect to each of their readings: the mean over channels of the mean squared error of a
 * window, each divided by what is usual. A reading counts twice, as what the network sees and as what its output is compared with.
 *
 * @param divisor `[C]` usual error of each channel
 * @param values `[count * span * C]` scaled, without NaN
 * @param out `[count * span * C]`
 */
export function scoreGradient(
  network: Network,
  weights: Float32Array,
  divisor: Float32Array,
  values: Float32Array,
  out: Float32Array,
  build?: KernelBuild,
): void {
  const { inShape, target, span, loss } = network
  const { steps: inSteps, width } = inShape
  const length = span * width
  const count = values.length / length
  const inputs = new Float32Array(count * inSteps * width)
  for (let k = 0; k < count; k++)
    inputs.set(values.subarray(k * length, k * length + inSteps * width), k * inSteps * width)
  out.fill(0)
  const slope = (output: Float32Array, gradient: Float32Array, first: number, batch: number) => {
    for (let t = 0; t < target.steps; t++)
      for (let b = 0; b < batch; b++) {
        const from = (t * batch + b) * loss.outputs * width
        const place = (first + b) * length + (target.offset + t) * width
        for (let c = 0; c < width; c++) {
          const error = output[from + c] - values[place + c]
          const v = loss.outputs === 2 ? output[from + width + c] : 0
          const share = Math.exp(-logVariance(v)) / (width * target.steps * divisor[c])
          gradient[from + c] = 2 * error * share
          out[place + c] -= 2 * error * share
          if (loss.outputs === 2)
            gradient[from + width + c] = logVariance(v) === v ? -error * error * share : 0
        }
      }
  }
  const seen = inputGradient(network, weights, inputs, slope, build)
  for (let k = 0; k < count; k++)
    for (let at = 0; at < inSteps * width; at++) out[k * length + at] += seen[k * inSteps * width + at]
}
