import { transpose } from '../graph.js'
import { activate } from './activation.js'
import type { Emitter, SpecOf, TrainedLayer } from './emitter.js'

/** Steps go last: `Conv` wants `[batch, width, steps]` and a kernel `[filters, width, taps]`, ours is `[taps, width, filters]`. */
export const emitConv1d: Emitter<SpecOf<'conv1d'>> = (graph, x, layer) => {
  const { kernel, bias } = layer.params
  const { filters, kernelSize, stride = 1, dilation = 1, activation } = layer.spec
  const { width } = layer.inShape
  const taps = new Float32Array(kernel.data.length)
  for (let tap = 0, at = 0; tap < kernelSize; tap++) {
    for (let i = 0; i < width; i++) {
      for (let f = 0; f < filters; f++) taps[(f * width + i) * kernelSize + tap] = kernel.data[at++]
    }
  }
  const weights = [graph.constant('kernel', taps, [filters, width, kernelSize])]
  if (bias !== undefined) weights.push(graph.constant('bias', bias.data))
  const y = graph.node('Conv', [transpose(graph, x, [0, 2, 1]), ...weights], {
    kernel_shape: [kernelSize],
    strides: [stride],
    dilations: [dilation],
    pads: paddingOf(layer),
  })
  return activate(graph, transpose(graph, y, [0, 2, 1]), activation)
}

/** Steps of zeros before and after, written out: `auto_pad` is deprecated, and some runtimes refuse it with a dilation. */
function paddingOf({ spec, inShape, outShape }: TrainedLayer<SpecOf<'conv1d'>>): [number, number] {
  const { kernelSize, stride = 1, dilation = 1, padding } = spec
  const reach = (kernelSize - 1) * dilation
  if (padding === 'causal') return [reach, 0]
  if (padding !== 'same') return [0, 0]
  const total = Math.max(0, (outShape.steps - 1) * stride + reach + 1 - inShape.steps)
  return [Math.floor(total / 2), Math.ceil(total / 2)]
}
