import { z } from 'zod'
import { ACTIVATIONS, type Kernels } from '../../kernels/index.js'
import { glorotUniform } from '../initialise.js'
import type { Shape, Signal } from '../shape.js'
import { rowGradient } from '../signal.js'
import { type Layer, layerSize } from './layer.js'

const ELU = ACTIVATIONS.indexOf('elu')

/** `self-attention` as data. */
export const selfAttentionSpec = z.strictObject({
  type: z.literal('self-attention'),
  heads: layerSize.max(64),
  keyWidth: layerSize,
  causal: z.boolean().optional(),
})

/**
 * Multi-head self-attention over the steps of a window (Vaswani et al. 2017, section 3.2.2). Per head, with q, k and v of `keyWidth` columns:
 * A = softmax(q k' / sqrt(keyWidth)) by rows, and v is averaged with the weights A; the heads side by side go through an output projection
 * back to the width that came in. `causal` gives later steps the weight 0. A NaN anywhere in a window makes all of it NaN.
 * Parameters, with D = heads * keyWidth and columns head by head: kernel `[width, 3 D]` and bias `[3 D]` of q, k, v in this order; outputKernel
 * `[D, width]` and outputBias `[width]`. Biases start at 0.
 * Cost per window: steps^2 * 2 D multiply-adds beside the products with the kernels.
 *
 * @param inShape `[steps, width]`, which is also what comes out
 */
export function selfAttention(inShape: Shape, spec: z.output<typeof selfAttentionSpec>): Layer {
  const { steps, width } = inShape
  const { heads, keyWidth, causal = false } = spec
  const inner = heads * keyWidth
  const joint = 3 * inner
  return {
    kind: 'self-attention',
    outShape: inShape,
    params: [
      {
        name: 'kernel',
        shape: [width, joint],
        // Each of q, k and v as a layer of its own, as in Keras.
        initialise: random => glorotUniform(random, width, inner, width * joint),
      },
      { name: 'bias', shape: [joint], initialise: () => new Float32Array(joint) },
      {
        name: 'outputKernel',
        shape: [inner, width],
        initialise: random => glorotUniform(random, inner, width),
      },
      { name: 'outputBias', shape: [width], initialise: () => new Float32Array(width) },
    ],
    build(k, [kernel, bias, outputKernel, outputBias], size) {
      const { batch: maxBatch, inputRows, training, needsInputGradient } = size
      const square = steps * steps
      const projected = k.alloc(inputRows * joint)
      const weights = k.alloc((training ? maxBatch * heads : 1) * square)
      const turned = k.alloc(keyWidth * steps)
      const context = k.alloc(steps * maxBatch * inner)
      const data = k.alloc(steps * maxBatch * width)
      // Only training needs what follows.
      const kernelT = k.alloc(training && needsInputGradient ? joint * width : 0)
      const outputKernelT = k.alloc(training ? width * inner : 0)
      const contextGradient = k.alloc(training ? steps * maxBatch * inner : 0)
      const weightGradient = k.alloc(training ? square : 0)
      const projectedGradient = k.alloc(training ? steps * maxBatch * joint : 0)
      const inputGradient = k.alloc(training && needsInputGradient ? inputRows * width : 0)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      const scale = 1 / Math.sqrt(keyWidth)
      let input: Signal = output

      /** The columns of q (0), k (1) or v (2) of a head, from the first step of a window; the next step is `stepRows * joint` further. */
      const part = (which: number, b: number, head: number) =>
        projected.subarray((b * input.batchRows * 3 + which) * inner + head * keyWidth)
      /** Likewise of the gradient, which lies `[steps, batch, joint]`. */
      const partGradient = (which: number, b: number, head: number) =>
        projectedGradient.subarray((b * 3 + which) * inner + head * keyWidth)
      const weightsOf = (b: number, head: number) =>
        training ? weights.subarray((b * heads + head) * square) : weights
      /** Writes `[steps, keyWidth]` as `[keyWidth, steps]`. */
      const turn = (columns: Float32Array, step: number) => {
        for (let s = 0; s < steps; s++) {
          for (let i = 0; i < keyWidth; i++) turned[i * steps + s] = columns[s * step + i]
        }
      }

      return {
        output,
        outputRows: steps * maxBatch,
        attention: [{ shape: [heads, steps, steps], data: weights.subarray(0, heads * square) }],
        forward(signal, batch) {
          input = signal
          k.affine(projected, signal.data, kernel.value, bias.value, signal.rows, joint, width, width, 1)
          const step = signal.stepRows * joint
          for (let b = 0; b < batch; b++) {
            for (let head = 0; head < heads; head++) {
              const a = weightsOf(b, head)
              turn(part(1, b, head), step)
              k.gemm(a, part(0, b, head), turned, steps, steps, keyWidth, steps, step, 1, steps, 0)
              softmaxRows(k, a, scale, steps, causal)
              const c = context.subarray(b * inner + head * keyWidth)
              k.gemm(c, a, part(2, b, head), steps, keyWidth, steps, batch * inner, steps, 1, step, 0)
            }
          }
          k.affine(data, context, outputKernel.value, outputBias.value, steps * batch, width, inner, inner, 1)
          output.rows = steps * batch
          output.stepRows = batch
        },
        refresh() {
          k.transpose(outputKernelT, outputKernel.value, inner, width)
          if (needsInputGradient) k.transpose(kernelT, kernel.value, width, joint)
        },
        backward(outputGradient, batch) {
          const rows = steps * batch
          k.gemm(
            outputKernel.gradient,
            context,
            outputGradient,
            inner,
            width,
            rows,
            width,
            1,
            inner,
            width,
            1,
          )
          k.addColumnSums(outputBias.gradient, outputGradient, rows, width)
          k.gemm(
            contextGradient,
            outputGradient,
            outputKernelT,
            rows,
            inner,
            width,
            inner,
            width,
            1,
            inner,
            0,
          )
          const step = input.stepRows * joint
          const outStep = batch * joint
          const contextStep = batch * inner
          for (let b = 0; b < batch; b++) {
            for (let head = 0; head < heads; head++) {
              const a = weightsOf(b, head)
              const dc = contextGradient.subarray(b * inner + head * keyWidth)
              const dq = partGradient(0, b, head)
              const dk = partGradient(1, b, head)
              const dv = partGradient(2, b, head)
              k.gemm(dv, a, dc, steps, keyWidth, steps, outStep, 1, steps, contextStep, 0)
              turn(part(2, b, head), step)
              k.gemm(weightGradient, dc, turned, steps, steps, keyWidth, steps, contextStep, 1, steps, 0)
              softmaxBackward(weightGradient, a, scale, steps)
              k.gemm(dq, weightGradient, part(1, b, head), steps, keyWidth, steps, outStep, steps, 1, step, 0)
              k.gemm(dk, weightGradient, part(0, b, head), steps, keyWidth, steps, outStep, 1, steps, step, 0)
            }
          }
          const gradient = rowGradient(k, projectedGradient, projectedGradient, input, steps, batch, joint)
          k.gemm(kernel.gradient, input.data, gradient, width, joint, input.rows, joint, 1, width, joint, 1)
          k.addColumnSums(bias.gradient, gradient, input.rows, joint)
          if (!needsInputGradient) return undefined
          k.gemm(inputGradient, gradient, kernelT, input.rows, width, joint, width, joint, 1, width, 0)
          return inputGradient
        },
      }
    },
  }
}

/**
 * Each row of `a` `[steps, steps]` in place: softmax(scale * a), up to the diagonal only when `causal`. Below 0 exp(x) is elu(x) + 1, which has a
 * kernel several times as fast as Math.exp.
 */
function softmaxRows(k: Kernels, a: Float32Array, scale: number, steps: number, causal: boolean): void {
  for (let row = 0, t = 1; t <= steps; row += steps, t++) {
    const end = row + (causal ? t : steps)
    let largest = a[row]
    for (let i = row + 1; i < end; i++) if (a[i] > largest) largest = a[i]
    for (let i = row; i < end; i++) a[i] = scale * (a[i] - largest)
  }
  k.activate(a, a, ELU, steps * steps)
  for (let row = 0, t = 1; t <= steps; row += steps, t++) {
    const end = row + (causal ? t : steps)
    let sum = 0
    for (let i = row; i < end; i++) {
      a[i] += 1
      sum += a[i]
    }
    const share = 1 / sum
    for (let i = row; i < end; i++) a[i] *= share
    a.fill(0, end, row + steps)
  }
}

/** Gradient of the scores, in place of `g`, the gradient of the weights `a`; both `[steps, steps]`. */
function softmaxBackward(g: Float32Array, a: Float32Array, scale: number, steps: number): void {
  for (let row = 0; row < steps * steps; row += steps) {
    let along = 0
    for (let i = row; i < row + steps; i++) along += a[i] * g[i]
    for (let i = row; i < row + steps; i++) g[i] = scale * a[i] * (g[i] - along)
  }
}
