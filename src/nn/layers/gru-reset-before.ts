import { ACTIVATIONS } from '../../kernels/index.js'
import { glorotUniform, orthogonal } from '../initialise.js'
import type { Shape, Signal } from '../shape.js'
import { rowGradient } from '../signal.js'
import type { Layer } from './layer.js'

const SIGMOID = ACTIVATIONS.indexOf('sigmoid')
const TANH = ACTIVATIONS.indexOf('tanh')

/**
 * The gated recurrent unit as first published (Cho et al. 2014): the reset gate acts on the state before the product,
 * n = tanh(x W_n + b_n + (r h) U_n), `reset_after=False` in Keras and `linear_before_reset` 0 in ONNX; else as `gru`.
 * Parameters: kernel W `[I, 3H]`, recurrent U `[H, 3H]`, bias b `[3H]`, starting at 0; columns r, z, n.
 * The two products of a step cannot be one, so it has no kernel of its own and is slower than the other convention.
 */
export function gruResetBefore(inShape: Shape, units: number, returnSequences: boolean): Layer {
  const { steps, width } = inShape
  const gateWidth = 3 * units
  return {
    kind: 'gru',
    outShape: { steps: returnSequences ? steps : 1, width: units },
    params: [
      {
        name: 'kernel',
        shape: [width, gateWidth],
        initialise: random => glorotUniform(random, width, gateWidth),
      },
      {
        name: 'recurrent',
        shape: [units, gateWidth],
        initialise: random => orthogonal(random, units, gateWidth),
      },
      { name: 'bias', shape: [gateWidth], initialise: () => new Float32Array(gateWidth) },
    ],
    build(k, [kernel, recurrent, bias], { batch: maxBatch, inputRows, training, needsInputGradient }) {
      const kept = (training ? steps : 1) * maxBatch * units
      const projected = k.alloc(inputRows * gateWidth)
      const h = k.alloc((training || returnSequences ? steps : 1) * maxBatch * units)
      /** r and z of each row. */
      const gates = k.alloc(2 * kept)
      const candidate = k.alloc(kept)
      /** r h, what of the state enters the candidate. */
      const reset = k.alloc(kept)
      // Only training needs what follows.
      const recurrentT = k.alloc(training ? gateWidth * units : 0)
      const kernelT = k.alloc(training && needsInputGradient ? gateWidth * width : 0)
      const carried = k.alloc(training ? maxBatch * units : 0)
      const resetGradient = k.alloc(training ? maxBatch * units : 0)
      const inputGradient = k.alloc(training && needsInputGradient ? inputRows * width : 0)
      const candidateColumns = recurrent.value.subarray(2 * units)
      const output: Signal = { data: h, rows: 0, stepRows: 0, batchRows: 1 }
      let input: Signal = output

      /** One step of all windows; `before` is undefined where the state is zero. */
      const step = (t: number, batch: number, before: Float32Array | undefined, after: Float32Array) => {
        const at = training ? t * batch * units : 0
        const [rz, n, rh] = [gates.subarray(2 * at), candidate.subarray(at), reset.subarray(at)]
        for (let b = 0; b < batch; b++) {
          const x = (t * input.stepRows + b * input.batchRows) * gateWidth
          for (let i = 0; i < 2 * units; i++) rz[2 * b * units + i] = projected[x + i]
          for (let i = 0; i < units; i++) n[b * units + i] = projected[x + 2 * units + i]
        }
        if (before !== undefined)
          k.gemm(rz, before, recurrent.value, batch, 2 * units, units, 2 * units, units, 1, gateWidth, 1)
        k.activate(rz, rz, SIGMOID, 2 * batch * units)
        for (let b = 0, i = 0; b < batch; b++) {
          for (let r = 2 * b * units, end = r + units; r < end; r++, i++) rh[i] = rz[r] * (before?.[i] ?? 0)
        }
        if (before !== undefined)
          k.gemm(n, rh, candidateColumns, batch, units, units, units, units, 1, gateWidth, 1)
        k.activate(n, n, TANH, batch * units)
        for (let b = 0, i = 0; b < batch; b++) {
          for (let z = (2 * b + 1) * units, end = z + units; z < end; z++, i++)
            after[i] = (1 - rz[z]) * n[i] + rz[z] * (before?.[i] ?? 0)
        }
      }

      /** Backwards through a step: `gates` and `candidate` become the gradients of what their functions were applied to. */
      const stepBack = (t: number, batch: number) => {
        const at = t * batch * units
        const [rz, n] = [gates.subarray(2 * at), candidate.subarray(at)]
        const before = t > 0 ? h.subarray(at - batch * units) : undefined
        for (let b = 0, i = 0; b < batch; b++) {
          for (let z = (2 * b + 1) * units, end = z + units; z < end; z++, i++) {
            const update = rz[z]
            const value = n[i]
            const dh = carried[i]
            rz[z] = dh * ((before?.[i] ?? 0) - value) * update * (1 - update)
            n[i] = dh * (1 - update) * (1 - value * value)
            carried[i] = dh * update
          }
        }
        if (before === undefined) {
          for (let b = 0; b < batch; b++) rz.fill(0, 2 * b * units, (2 * b + 1) * units)
          return
        }
        const rowsOfCandidate = recurrentT.subarray(2 * units * units)
        k.gemm(resetGradient, n, rowsOfCandidate, batch, units, units, units, units, 1, units, 0)
        for (let b = 0, i = 0; b < batch; b++) {
          for (let r = 2 * b * units, end = r + units; r < end; r++, i++) {
            const gate = rz[r]
            rz[r] = resetGradient[i] * before[i] * gate * (1 - gate)
            carried[i] += resetGradient[i] * gate
          }
        }
        k.gemm(carried, rz, recurrentT, batch, units, 2 * units, units, 2 * units, 1, units, 1)
      }

      return {
        output,
        outputRows: (returnSequences ? steps : 1) * maxBatch,
        forward(signal, batch) {
          input = signal
          k.affine(projected, signal.data, kernel.value, bias.value, signal.rows, gateWidth, width, width, 1)
          const hStep = training || returnSequences ? batch * units : 0
          for (let t = 0; t < steps; t++) {
            const before = t > 0 ? h.subarray((t - 1) * hStep) : undefined
            step(t, batch, before, h.subarray(t * hStep))
          }
          output.data = returnSequences ? h : h.subarray((steps - 1) * hStep)
          output.rows = (returnSequences ? steps : 1) * batch
          output.stepRows = returnSequences ? batch : 0
        },
        refresh() {
          k.transpose(recurrentT, recurrent.value, units, gateWidth)
          if (needsInputGradient) k.transpose(kernelT, kernel.value, width, gateWidth)
        },
        backward(outputGradient, batch) {
          const size = batch * units
          carried.fill(0)
          for (let t = steps - 1; t >= 0; t--) {
            if (returnSequences) k.add(carried, outputGradient.subarray(t * size), size)
            else if (t === steps - 1) k.add(carried, outputGradient, size)
            stepBack(t, batch)
          }
          const later = (steps - 1) * batch
          const [du, duCandidate] = [recurrent.gradient, recurrent.gradient.subarray(2 * units)]
          const [laterGates, laterReset] = [gates.subarray(2 * size), reset.subarray(size)]
          const laterCandidate = candidate.subarray(size)
          k.gemm(du, h, laterGates, units, 2 * units, later, gateWidth, 1, units, 2 * units, 1)
          k.gemm(duCandidate, laterReset, laterCandidate, units, units, later, gateWidth, 1, units, units, 1)

          const { data, rows } = input
          const dGates = rowGradient(k, gates, gates, input, steps, batch, 2 * units)
          const dCandidate = rowGradient(k, candidate, candidate, input, steps, batch, units)
          const [dw, dwCandidate] = [kernel.gradient, kernel.gradient.subarray(2 * units)]
          k.gemm(dw, data, dGates, width, 2 * units, rows, gateWidth, 1, width, 2 * units, 1)
          k.gemm(dwCandidate, data, dCandidate, width, units, rows, gateWidth, 1, width, units, 1)
          k.addColumnSums(bias.gradient, dGates, rows, 2 * units)
          k.addColumnSums(bias.gradient.subarray(2 * units), dCandidate, rows, units)
          if (!needsInputGradient) return undefined
          const kernelTn = kernelT.subarray(2 * units * width)
          k.gemm(inputGradient, dGates, kernelT, rows, width, 2 * units, width, 2 * units, 1, width, 0)
          k.gemm(inputGradient, dCandidate, kernelTn, rows, width, units, width, units, 1, width, 1)
          return inputGradient
        },
      }
    },
  }
}
