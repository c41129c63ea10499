import type { Architecture } from '../architecture.js'
import type { Shape } from '../shape.js'
import { multiplyAddsOf } from './multiply-adds.js'
import { placeLayer } from './place.js'

/** What one layer costs. Bytes are of float32 numbers. */
export interface LayerFacts {
  readonly kind: string
  /** Output shape `[steps, width]`. */
  readonly steps: number
  readonly width: number
  /** Trainable numbers. */
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
 * Multiply-adds count the products with weight matrices at every step, and those of attention between steps; what overlapping windows share
 * is not taken off.
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
    const multiplyAdds = multiplyAddsOf(spec, shape)
    shape = layer.outShape
    const stored = layer.params.map(({ shape, statistic }) => ({ statistic, count: product(shape) }))
    const parameters = total(stored.filter(({ statistic }) => !statistic).map(({ count }) => count))
    return {
      kind: layer.kind,
      steps: shape.steps,
      width: shape.width,
      parameters,
      multiplyAdds,
      weightBytes: 4 * total(stored.map(({ count }) => count)),
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
