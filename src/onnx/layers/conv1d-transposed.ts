import { transpose } from '../graph.js'
import type { Attributes } from '../proto.js'
import { activate } from './activation.js'
import type { Emitter, SpecOf, TrainedLayer } from './emitter.js'

/** Steps go last: `ConvTranspose` wants `[batch, width, steps]` and a kernel `[width, filters, taps]`, ours is `[taps, width, filters]`. */
export const emitConv1dTransposed: Emitter<SpecOf<'conv1d-transposed'>> = (graph, x, layer) => {
  const { kernel, bias } = layer.params
  const { filters, kernelSize, stride = 1, activation } = layer.spec
  const { width } = layer.inShape
  const taps = new Float32Array(kernel.data.length)
  for (let tap = 0, at = 0; tap < kernelSize; tap++) {
    for (let column = 0; column < width * filters; column++)
      taps[column * kernelSize + tap] = kernel.data[at++]
  }
  const weights = [
    graph.constant('kernel', taps, [width, filters, kernelSize]),
    graph.constant('bias', bias.data),
  ]
  const y = graph.node('ConvTranspose', [transpose(graph, x, [0, 2, 1]), ...weights], {
    kernel_shape: [kernelSize],
    strides: [stride],
    ...cutOf(layer),
  })
  return activate(graph, transpose(graph, y, [0, 2, 1]), activation)
}

/** Steps cut off on both sides, or added on the right where the taps do not reach. */
function cutOf({ spec, inShape, outShape }: TrainedLayer<SpecOf<'conv1d-transposed'>>): Attributes {
  const { kernelSize, stride = 1, padding } = spec
  if (padding !== 'same') return { pads: [0, 0] }
  const reached = (inShape.steps - 1) * stride + kernelSize
  const left = Math.max(0, Math.floor((kernelSize - stride) / 2))
  const right = reached - left - outShape.steps
  return { pads: [left, Math.max(0, right)], output_padding: [Math.max(0, -right)] }
}
