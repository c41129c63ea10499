import { createLayer, type LayerSpec } from '../layers/index.js'
import type { Shape } from '../shape.js'

/** Multiplications with an addition that a layer does for one window: products with weight matrices, and those of attention between steps. */
export function multiplyAddsOf(spec: LayerSpec, inShape: Shape): number {
  const { steps } = inShape
  const layer = createLayer(spec, inShape)
  const matrices = layer.params
    .filter(({ shape }) => shape.length > 1)
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size), 0)
  switch (spec.type) {
    case 'lstm':
    case 'gru':
    case 'bidirectional':
    case 'conv1d-transposed':
      return steps * matrices
    case 'self-attention':
      return steps * matrices + 2 * steps * steps * spec.heads * spec.keyWidth
    case 'variational':
      // The variance is not computed in scoring.
      return (steps * matrices) / 2
    case 'residual': {
      const { width } = layer.outShape
      let sum = inShape.width === width ? 0 : steps * inShape.width * width
      let shape = inShape
      for (const inner of spec.layers) {
        sum += multiplyAddsOf(inner, shape)
        shape = createLayer(inner, shape).outShape
      }
      return sum
    }
    default:
      return layer.outShape.steps * matrices
  }
}
