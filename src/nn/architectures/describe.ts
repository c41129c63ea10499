import type { Architecture } from '../architecture.js'
import type { Shape } from '../shape.js'
import { placeLayer, RECURRENT } from './place.js'

/** What one layer costs. Bytes are of float32 numbers. */
export interface LayerFacts {
  readonly kind: string
  /** Output shape `[steps, width]`. */
  readonly steps: number
  readonly width: number
  readonly parameters: number
  /** Multiplications with an addition, for one window. */
  readonly multiplyAdds: number
  readonly weightBytes: number
  /** Output of the layer for one window. */
  readonly activationBytes: number
}

export interface NetworkFacts {
  readonly name: string
  readonly inputShape: readonly [steps: number, channels: number]
  readonly layers: readonly LayerFacts[]
  readonly parameters: number
  readonly multiplyAdds: number
  readonly weightBytes: number
  readonly activationBytes: number
}

/**
 * What a network costs, layer by layer, from its shapes alone: nothing is allocated.
 *
 * Multiply-adds count the products with weight matrices at every step; what overlapping windows share is not taken off.
 *
 * @throws OptionError `architecture-invalid` with the layer and the dimension that does not fit
 * @example
 * import { describeNetwork, lstmAutoencoder } from 'telltale/nn'
 * describeNetwork(lstmAutoencoder(30, 3, 32, 16)).parameters // => 14115
 */
export function describeNetwork(architecture: Architecture): NetworkFacts {
  const { name, inputShape } = architecture
  let shape: Shape = { steps: inputShape[0], width: inputShape[1] }
  const layers = architecture.layers.map((spec, i): LayerFacts => {
    const collapsed = inputShape[0] > 1 && shape.steps === 1
    const { layer } = placeLayer(spec, shape, collapsed, `${name}: layers[${i}] (${spec.type})`)
    const steps = RECURRENT.includes(spec.type) ? shape.steps : layer.outShape.steps
    shape = layer.outShape
    const sizes = layer.params.map(param => ({ rank: param.shape.length, count: product(param.shape) }))
    const parameters = total(sizes.map(({ count }) => count))
    return {
      kind: layer.kind,
      steps: shape.steps,
      width: shape.width,
      parameters,
      multiplyAdds: steps * total(sizes.map(({ rank, count }) => (rank > 1 ? count : 0))),
      weightBytes: 4 * parameters,
      activationBytes: 4 * shape.steps * shape.width,
    }
  })
  const sum = (key: 'parameters' | 'multiplyAdds' | 'weightBytes' | 'activationBytes') =>
    total(layers.map(layer => layer[key]))
  return {
    name,
    inputShape,
    layers,
    parameters: sum('parameters'),
    multiplyAdds: sum('multiplyAdds'),
    weightBytes: sum('weightBytes'),
    activationBytes: sum('activationBytes'),
  }
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
const product = (values: readonly number[]) => values.reduce((result, value) => result * value, 1)
