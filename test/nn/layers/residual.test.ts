import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import { createNetwork, initialWeights, layerSpec, weightsToTensors } from '../../../src/nn/index.js'
import { runNetwork } from '../run.js'
import { architectureOf, conforms, conformsInTraining, likePyTorch, refusal } from './suite.js'

const front = { type: 'dense', units: 3 } as const
const conv = { type: 'conv1d', filters: 3, kernelSize: 3, padding: 'causal', dilation: 2 } as const
const curved = { type: 'dense', units: 3, activation: 'tanh' } as const

describe('residual', () => {
  likePyTorch('residual')
  conforms({
    'of the same width': architectureOf([4, 2], [front, { type: 'residual', layers: [curved, front] }]),
    'first of all': architectureOf([4, 3], [{ type: 'residual', layers: [curved] }, front]),
    'first of all, with a projection': architectureOf([5, 2], [{ type: 'residual', layers: [conv, conv] }]),
    'with a projection and a function': architectureOf(
      [5, 2],
      [front, { type: 'residual', layers: [{ ...conv, filters: 4 }], activation: 'gelu' }, front],
    ),
    'of convolutions without padding and their reverse': architectureOf(
      [6, 2],
      [
        front,
        {
          type: 'residual',
          layers: [
            { type: 'conv1d', filters: 2, kernelSize: 3 },
            { type: 'conv1d-transposed', filters: 3, kernelSize: 3 },
          ],
        },
      ],
    ),
    'of a recurrence': architectureOf(
      [4, 2],
      [front, { type: 'residual', layers: [{ type: 'lstm', units: 3, returnSequences: true }] }, front],
    ),
    'of a repeated vector': architectureOf(
      [1, 2],
      [front, { type: 'repeat', times: 4 }, { type: 'residual', layers: [curved] }, front],
    ),
    'of a repeated vector, with a projection': architectureOf(
      [1, 2],
      [front, { type: 'repeat', times: 4 }, { type: 'residual', layers: [{ ...conv, filters: 5 }] }, front],
    ),
    'within another one': architectureOf(
      [4, 2],
      [{ type: 'residual', layers: [front, { type: 'residual', layers: [curved] }] }, front],
    ),
  })

  conformsInTraining({
    'around noise': architectureOf(
      [4, 2],
      [front, { type: 'residual', layers: [{ type: 'dropout', rate: 0.4 }, curved] }, front],
    ),
    'around a penalty': architectureOf(
      [4, 2],
      [front, { type: 'residual', layers: [curved, { type: 'activity-regularization', l2: 0.1 }] }, front],
    ),
  })

  it('is the identity where its layers give 0', () => {
    const network = createNetwork(architectureOf([4, 3], [{ type: 'residual', layers: [curved] }]))
    const run = runNetwork(network, { batch: 1, training: false })
    const x = Float32Array.from({ length: 12 }, (_, i) => i - 5)
    run.input.set(x)
    expect(run.forward({ data: run.input, rows: 4, stepRows: 1, batchRows: 1 }, 1)).toEqual(x)
  })

  it('names the parameters of its layers by their place, and each starts with numbers of its own', () => {
    const network = createNetwork(architectureOf([8, 2], [{ type: 'residual', layers: [conv, conv] }]))
    expect(network.slots.map(({ name }) => name)).toEqual([
      '0.residual.0.conv1d.kernel',
      '0.residual.0.conv1d.bias',
      '0.residual.1.conv1d.kernel',
      '0.residual.1.conv1d.bias',
      '0.residual.projection.kernel',
      '0.residual.projection.bias',
    ])
    const tensors = weightsToTensors(network, initialWeights(network, createRandom(1)))
    expect(tensors['0.residual.0.conv1d.kernel'].data.slice(0, 6)).not.toEqual(
      tensors['0.residual.1.conv1d.kernel'].data.slice(0, 6),
    )
  })

  it('is refused with the path of the layer that does not fit', () => {
    const valid = { type: 'conv1d', filters: 3, kernelSize: 3 } as const
    expect(refusal([8, 2], [front, { type: 'residual', layers: [valid] }])).toMatchObject({
      code: 'architecture-invalid',
      message: 'layers[1] (residual): its layers make 6 steps of 8: they cannot be added to what comes in',
    })
    const inner = { type: 'residual', layers: [front, { ...valid, kernelSize: 9 }] } as const
    expect(refusal([8, 2], [{ type: 'residual', layers: [inner] } as never])).toMatchObject({
      message:
        'layers[0] (residual).layers[0] (residual).layers[1] (conv1d): a kernel of 9 with dilation 1 spans 9 steps, but only 8 steps come in',
    })
  })

  it('may hold another one, and that none', () => {
    const within = (depth: number): unknown =>
      depth === 0 ? front : { type: 'residual', layers: [within(depth - 1)] }
    expect(layerSpec.safeParse(within(2)).success).toBe(true)
    expect(layerSpec.safeParse(within(3)).success).toBe(false)
    expect(layerSpec.safeParse(within(5000)).success).toBe(false)
    expect(layerSpec.safeParse({ type: 'residual', layers: [] }).success).toBe(false)
  })
})
