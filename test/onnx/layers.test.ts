import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { ACTIVATIONS } from '../../src/kernels/index.js'
import { createNetwork, initialWeights, type LayerSpec, layerTypes } from '../../src/nn/index.js'
import { EMITTERS } from '../../src/onnx/layers/index.js'
import { difference, networkFile, openOnnx, ownOutput } from './runtime.js'
import { readOnnx } from './wire.js'

type Case = readonly [name: string, inputShape: [number, number], layers: LayerSpec[]]

/** Words of the guide. */
const GUIDE = new Set(readFileSync('docs/onnx.md', 'utf8').match(/\w+/g))

const front = { type: 'dense', units: 3 } as const
const conv = { type: 'conv1d', filters: 5, kernelSize: 3 } as const

const conv3 = { ...conv, filters: 3, padding: 'causal' } as const
const spread = { type: 'conv1d-transposed', filters: 4, kernelSize: 4 } as const
const attention = { type: 'self-attention', heads: 2, keyWidth: 3 } as const
const BIDIRECTIONAL = (['lstm', 'gru'] as const).flatMap(type =>
  [false, true].map(
    (returnSequences): Case => [
      `bidirectional ${type}, ${returnSequences ? 'every state' : 'last states'}`,
      [6, 2],
      [{ type: 'bidirectional', layer: { type, units: 5, returnSequences } }],
    ],
  ),
)

/** Networks that use every type of layer with every option that changes what it computes. */
const CASES: readonly Case[] = [
  ['lstm, last state', [6, 2], [{ type: 'lstm', units: 5 }]],
  ['lstm, every state', [6, 2], [{ type: 'lstm', units: 5, returnSequences: true }]],
  ['gru, last state', [6, 2], [{ type: 'gru', units: 5 }]],
  ['gru, every state', [6, 2], [{ type: 'gru', units: 5, returnSequences: true }]],
  ['gru, reset before, last state', [6, 2], [{ type: 'gru', units: 5, resetAfter: false }]],
  [
    'gru, reset before, every state',
    [6, 2],
    [{ type: 'gru', units: 5, resetAfter: false, returnSequences: true }],
  ],
  [
    'bidirectional gru, reset before',
    [6, 2],
    [{ type: 'bidirectional', layer: { type: 'gru', units: 5, resetAfter: false } }],
  ],
  ['dense', [4, 3], [{ type: 'dense', units: 5 }]],
  ...ACTIVATIONS.map((activation): Case => [`dense, ${activation}`, [4, 3], [{ ...front, activation }]]),
  ...ACTIVATIONS.map(
    (activation): Case => [`activation, ${activation}`, [4, 3], [{ type: 'activation', activation }]],
  ),
  ['conv1d, valid', [9, 2], [conv]],
  ['conv1d, without bias', [9, 2], [{ ...conv, bias: false }]],
  ['conv1d, with an activation', [9, 2], [{ ...conv, activation: 'gelu' }]],
  ['conv1d, stride and dilation', [14, 2], [{ ...conv, stride: 2, dilation: 3 }]],
  ['conv1d, same', [9, 2], [{ ...conv, padding: 'same' }]],
  [
    'conv1d, same, an odd number of zeros',
    [9, 2],
    [{ ...conv, kernelSize: 4, padding: 'same', dilation: 3 }],
  ],
  ['conv1d, same, stride', [10, 2], [{ ...conv, padding: 'same', stride: 3 }]],
  [
    'conv1d, same, stride beyond the kernel',
    [10, 2],
    [{ ...conv, kernelSize: 2, padding: 'same', stride: 4 }],
  ],
  ['conv1d, causal', [9, 2], [{ ...conv, padding: 'causal', dilation: 2 }]],
  ['layer-norm', [5, 4], [{ type: 'layer-norm' }]],
  ['layer-norm, epsilon', [5, 4], [{ type: 'layer-norm', epsilon: 0.5 }]],
  ['pool, max', [9, 3], [{ type: 'pool', size: 2 }]],
  ['pool, average', [11, 3], [{ type: 'pool', size: 4, method: 'average' }]],
  ['upsample', [4, 3], [{ type: 'upsample', factor: 3 }]],
  ['flatten', [4, 3], [{ type: 'flatten' }]],
  ['reshape', [4, 3], [{ type: 'reshape', steps: 2, width: 6 }]],
  ['repeat', [1, 3], [{ type: 'repeat', times: 4 }]],
  [
    'repeat before a recurrence',
    [5, 3],
    [
      { type: 'gru', units: 4 },
      { type: 'repeat', times: 5 },
      { type: 'lstm', units: 4, returnSequences: true },
    ],
  ],
  ...BIDIRECTIONAL,
  ['conv1d-transposed, valid', [5, 2], [{ ...spread, stride: 2 }]],
  ['conv1d-transposed, valid, overlapping', [5, 2], [{ ...spread, activation: 'elu' }]],
  ['conv1d-transposed, same', [5, 2], [{ ...spread, padding: 'same', stride: 2 }]],
  ['conv1d-transposed, same, an odd cut', [5, 2], [{ ...spread, kernelSize: 5, padding: 'same', stride: 2 }]],
  [
    'conv1d-transposed, same, stride beyond the kernel',
    [5, 2],
    [{ ...spread, kernelSize: 2, padding: 'same', stride: 5 }],
  ],
  ['self-attention', [6, 4], [attention]],
  ['self-attention, one head', [6, 3], [{ ...attention, heads: 1 }]],
  ['self-attention, causal', [6, 4], [{ ...attention, causal: true }]],
  ['position', [7, 5], [{ type: 'position' }]],
  ['batch-norm', [5, 4], [{ type: 'batch-norm' }]],
  ['batch-norm, epsilon', [5, 4], [{ type: 'batch-norm', epsilon: 0.3 }]],
  ['dropout', [5, 3], [front, { type: 'dropout', rate: 0.4 }]],
  ['dropout inside a recurrence', [5, 3], [{ type: 'lstm', units: 4, dropout: 0.2, recurrentDropout: 0.3 }]],
  ['activity-regularization', [5, 3], [front, { type: 'activity-regularization', l1: 0.1 }]],
  ['variational', [5, 3], [{ type: 'variational', units: 4 }]],
  ['residual', [6, 3], [{ type: 'residual', layers: [conv3, front] }]],
  ['residual, with a projection', [6, 2], [{ type: 'residual', layers: [conv3, front], activation: 'relu' }]],
  [
    'residual in residual',
    [6, 4],
    [{ type: 'residual', layers: [{ type: 'residual', layers: [attention] }, { type: 'layer-norm' }] }],
  ],
  [
    'two of a kind',
    [5, 3],
    [front, front, { type: 'lstm', units: 4, returnSequences: true }, { type: 'lstm', units: 4 }],
  ],
]

const BATCH = 7

describe('a layer in ONNX Runtime', () => {
  it.each(CASES)('gives the numbers that telltale gives: %s', async (_, inputShape, layers) => {
    const network = createNetwork({ name: 'test', inputShape, layers })
    const random = createRandom(4)
    // Biases and statistics are not left at 0 and 1; what must be positive stays so.
    const disturbed = (value: number) => value + 0.3 * (random.uniform() + (value > 0.9 ? 0 : -0.5))
    const weights = initialWeights(network, createRandom(3)).map(disturbed)
    // Wide enough to reach the flat ends of every function.
    const x = Float32Array.from({ length: BATCH * inputShape[0] * inputShape[1] }, () => 3 * random.normal())
    const run = await openOnnx(networkFile(network, weights))
    const { y } = await run({ x: { shape: [BATCH, ...inputShape], data: x } })
    const { steps, width } = network.outShape
    expect(y.shape).toEqual([BATCH, steps, width])
    expect(difference(y.data, ownOutput(network, weights, x))).toBeLessThan(5e-6)
  })
})

describe('the table of emitters', () => {
  it('has every type of layer', () => {
    expect(Object.keys(EMITTERS).sort()).toEqual(layerTypes().sort())
  })

  it.each(CASES)('needs only operators that the guide names: %s', (_, inputShape, layers) => {
    const network = createNetwork({ name: 'test', inputShape, layers })
    const { nodes } = readOnnx(networkFile(network, initialWeights(network, createRandom(3))))
    expect(nodes.map(({ operator }) => operator).filter(operator => !GUIDE.has(operator))).toEqual([
      'Identity',
    ])
  })

  it('is covered by the cases above', () => {
    const tested = new Set(CASES.flatMap(([, , layers]) => layers.map(({ type }): string => type)))
    expect(layerTypes().filter(type => !tested.has(type))).toEqual([])
  })
})
