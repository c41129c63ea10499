import { z } from 'zod'
import { logVariance } from '../losses.js'
import { normalNoise, placedNoise } from '../noise.js'
import type { Shape, Signal } from '../shape.js'
import { dense } from './dense.js'
import { type Layer, layerSize } from './layer.js'

/** `variational` as data. */
export const variationalSpec = z.strictObject({
  type: z.literal('variational'),
  units: layerSize,
  klWeight: z.number().min(0).max(1000).optional(),
})

/**
 * The latent layer of a variational autoencoder (Kingma & Welling 2014): a normal distribution of independent numbers with mean m = x Wm + bm
 * and log variance v = x Wv + bv, held in [-10, 10]. Training draws z = m + exp(v / 2) eps and adds `klWeight` times the divergence from the standard
 * normal distribution, the sum over units of (m^2 + exp(v) - 1 - v) / 2, to the loss of the window; scoring gives m.
 * Parameters: meanKernel Wm `[I, units]`, meanBias bm `[units]`, varianceKernel Wv and varianceBias bv likewise; the last two are not used
 * in scoring.
 *
 * @param inShape `[steps, I]`; `[steps, units]` comes out
 * @param spec `klWeight` weighs the divergence against the mean squared error per value: with one step, 2 s / (T C) is the evidence lower
 * bound for a noise of variance s; default 0.001
 */
export function variational(
  inShape: Shape,
  { units, klWeight = 0.001 }: z.output<typeof variationalSpec>,
): Layer {
  const linear = dense(inShape, { type: 'dense', units })
  const { steps } = inShape
  const named = (prefix: string) =>
    linear.params.map(param => ({
      ...param,
      name: `${prefix}${param.name[0].toUpperCase()}${param.name.slice(1)}`,
    }))
  return {
    kind: 'variational',
    outShape: linear.outShape,
    params: [...named('mean'), ...named('variance')],
    build(k, params, size) {
      const { inputRows, training, stream } = size
      const mean = linear.build(k, params.slice(0, 2), size)
      if (!training) return mean
      const spread = linear.build(k, params.slice(2), size)
      const data = k.alloc(inputRows * units)
      const noise = k.alloc(inputRows * units)
      const meanGradient = k.alloc(inputRows * units)
      const spreadGradient = k.alloc(inputRows * units)
      const output: Signal = { data, rows: 0, stepRows: 0, batchRows: 1 }
      /** Weight of the divergence in the gradient of a row; 0 when nothing was drawn. */
      let factor = 0
      let times = 0
      let draws = false

      return {
        output,
        outputRows: inputRows,
        forward(signal, batch, pass) {
          mean.forward(signal, batch)
          Object.assign(output, mean.output)
          draws = pass !== undefined
          if (pass === undefined) return
          spread.forward(signal, batch)
          times = (steps * batch) / signal.rows
          factor = klWeight * times * pass.share
          for (let b = 0; b < batch; b++) {
            const uniform = placedNoise(pass.seed, stream, pass.windows[b])
            for (let row = b; row < signal.rows; row += batch) {
              for (let i = 0, at = row * units; i < units; i++, at++) noise[at] = normalNoise(uniform)
            }
          }
          const m = mean.output.data
          const v = spread.output.data
          for (let i = 0; i < signal.rows * units; i++)
            data[i] = m[i] + Math.exp(logVariance(v[i]) / 2) * noise[i]
          output.data = data
        },
        penalty() {
          const m = mean.output.data
          const v = spread.output.data
          let sum = 0
          for (let i = 0; draws && i < output.rows * units; i++) {
            const held = logVariance(v[i])
            sum += m[i] * m[i] + Math.exp(held) - 1 - held
          }
          return (klWeight * times * sum) / 2
        },
        refresh() {
          mean.refresh?.()
          spread.refresh?.()
        },
        backward(outputGradient, batch) {
          if (!draws) return mean.backward(outputGradient, batch)
          const m = mean.output.data
          const v = spread.output.data
          for (let i = 0; i < output.rows * units; i++) {
            const held = logVariance(v[i])
            const deviation = Math.exp(held / 2)
            meanGradient[i] = outputGradient[i] + factor * m[i]
            const slope = outputGradient[i] * deviation * noise[i] + factor * (deviation * deviation - 1)
            spreadGradient[i] = held === v[i] ? slope / 2 : 0
          }
          const gradient = mean.backward(meanGradient, batch)
          const other = spread.backward(spreadGradient, batch)
          if (gradient === undefined || other === undefined) return undefined
          k.add(gradient, other, output.rows * inShape.width)
          return gradient
        },
      }
    },
  }
}
